import { amountOf, countOfOne } from '#domain';
import type { Time } from '#domain';
import type { BidTerms } from '../command.js';
import type { Quote, QuotedBid, QuotedFill } from '../engine.js';
import { transferOf } from './amounts.js';
import { Asking } from './asking.js';
import { explainAs, nothing } from './explain.js';
import { bidFault } from './faults.js';
import { bidGuard, worstCaseOfTerms } from './guards.js';
import { raiseEarliest, resolveLatest } from './orders.js';
import type { Piece } from './pieces.js';
import { Offer } from './records.js';
import type { Run } from './run.js';
import { piecesOf, takeBoth, undo } from './standby.js';
import type { Filled } from './standby.js';
import { reclaimWithinBands, take } from './taking.js';
import type { Asker } from './wish.js';

/** the bid as if it came next. What it takes is given back. */
export function quote(run: Run, { participantId, elsewhere = 0, terms: said }: QuotedBid, time: Time): Quote {
  const { market, stops } = run;
  const now = time > market.time ? time : market.time;
  const asked = resolveLatest(said, now);
  const terms = raiseEarliest(asked, now, null);
  const participant = market.participants.placeOf(participantId);
  const by: Asker = { ...stranger, participant, gbUnits: terms.units };
  const fault = bidFault(market, asked, null, 0);
  if (fault) return refused(fault, 0, nothing);
  const rest = terms.units * countOfOne(terms.precision);
  const explanation = explainAs(run, by, terms, now, true);
  const guard = bidGuard(market, participant, terms, rest, undefined, elsewhere, false);
  if (guard) return refused(guard, rest, explanation);
  const asking = new Asking(run, by, terms, now, true);
  asking.ask();
  stops.length = 0;
  const fills = terms.standby === null ? [takeOnce(run)] : takeBoth(run, () => asking.ask());
  const quoted = fills.flatMap((fill, i) => piecesOf(fill).map((piece) => quotedFill(run, terms, piece, i === 1)));
  const filled = fills[0] ? piecesOf(fills[0]).reduce((sum, { counted }) => sum + counted, 0) : 0;
  for (const fill of [...fills].reverse()) undo(run, fill);
  for (const { book } of stops) book.halted = false;
  stops.length = 0;
  const cost = quoted.reduce((sum, fill) => sum + fill.computeAmount + fill.transferAmount, 0);
  return { rejection: null, fills: quoted, filled, rest: rest - filled, cost, buyingPowerUsed: worstCaseOfTerms(terms, rest), explanation };
}

const stranger: Asker = {
  bid: -1,
  participant: -1,
  filled: 0,
  gbUnits: 0,
  isRest: false,
  tie: { pool: 0, site: 0, region: 0 },
  priority: Infinity,
};

const refused = (rejection: NonNullable<Quote['rejection']>, rest: number, explanation: Quote['explanation']): Quote => ({
  rejection,
  fills: [],
  filled: 0,
  rest,
  cost: 0,
  buyingPowerUsed: 0,
  explanation,
});

/** matched within the bands, and reclaimed what it still lacks. */
function takeOnce({ market, wish, candidates, stops }: Run): Filled {
  const matched = take(market, wish, candidates, stops);
  wish.leave(matched);
  return { matched, reclaimed: reclaimWithinBands(market, wish, candidates, stops) };
}

/** At the ask: whoever comes later takes the improvement. */
function quotedFill({ market, wish }: Run, { durationSlots }: BidTerms, piece: Piece, standby: boolean): QuotedFill {
  const { candidate, units, counted, start, nodeCount } = piece;
  const { data } = market.tables.offers;
  return {
    offerId: data[candidate.offer + Offer.ID]!,
    bookId: market.books[data[candidate.offer + Offer.BOOK]!]!.fact.bookId,
    poolId: candidate.pool.fact.poolId,
    units,
    nodes: nodeCount,
    from: start,
    to: start + durationSlots,
    price: candidate.ask,
    computeAmount: amountOf(candidate.ask, units, durationSlots),
    transferAmount: transferOf(wish.dataGb, candidate.link, counted, wish.gbTotal),
    standby,
  };
}
