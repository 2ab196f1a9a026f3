import { amountOf } from '#domain';
import type { Time } from '#domain';
import type { Quote, QuotedBid, QuotedFill } from '../src/engine.js';
import { explainBid } from './explain.js';
import { bidGuard, worstCaseOf } from './guards.js';
import type { Bid, Market } from './market.js';
import type { PlacedPiece } from './matching.js';
import { transferOf } from './reach.js';
import { countedOf, piecesOf, take, undo } from './taking.js';
import { bidFault, raiseEarliest, resolveLatest } from './terms.js';
import { restOf, wishOf } from './wish.js';

/** the bid as if it came next. What it takes is given back. */
export function quote(market: Market, { participantId, elsewhere = 0, terms }: QuotedBid, time: Time): Quote {
  const now = time > market.time ? time : market.time;
  const asked = resolveLatest(terms, now);
  const bid: Bid = {
    orderId: 0,
    participantId,
    sessionId: 0,
    terms: raiseEarliest(asked, now, null),
    priority: Infinity,
    open: true,
    collected: false,
    filled: 0,
    gbUnits: terms.units,
    isRest: false,
    tie: { pool: 0, site: 0, region: 0 },
    parent: null,
    reserved: 0,
    subsidy: 0,
    subsidyRateBp: 0,
    due: Infinity,
    choices: [],
    trades: new Set(),
  };
  const fault = bidFault(market, asked, null);
  const rejection = fault ?? bidGuard(market, bid, { reserved: elsewhere }, false);
  const explanation = explainBid(market, bid, now, fault !== null);
  if (rejection) return { rejection, fills: [], filled: 0, rest: fault ? 0 : restOf(bid), cost: 0, buyingPowerUsed: 0, explanation };
  const taking = take(market, wishOf(bid, now));
  undo(market, taking);
  const of = taking.standby ? [taking, taking.standby] : [taking];
  const fills = of.flatMap((fill) => piecesOf(fill).map((piece) => quotedFill(bid, piece, fill === taking.standby)));
  const filled = countedOf(piecesOf(taking));
  const cost = fills.reduce((sum, fill) => sum + fill.computeAmount + fill.transferAmount, 0);
  return { rejection: null, fills, filled, rest: restOf(bid) - filled, cost, buyingPowerUsed: worstCaseOf(bid), explanation };
}

/** At the ask: whoever comes later takes the improvement. */
function quotedFill(bid: Bid, { candidate, units, counted, start, nodes }: PlacedPiece, standby: boolean): QuotedFill {
  const { offer, pool, link } = candidate;
  const { durationSlots } = bid.terms;
  return {
    offerId: offer.orderId,
    bookId: offer.book.bookId,
    poolId: pool.fact.poolId,
    units,
    nodes: nodes.length,
    from: start,
    to: start + durationSlots,
    price: offer.terms.ask,
    computeAmount: amountOf(offer.terms.ask, units, durationSlots),
    transferAmount: transferOf(bid, link, counted),
    standby,
  };
}
