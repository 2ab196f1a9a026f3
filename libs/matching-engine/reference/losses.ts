import { amountOf, Placement, startOfSlot } from '#domain';
import type { Slot } from '#domain';
import type { FailLease } from '../src/command.js';
import type { LeaseCutShort, NodeUnits } from '../src/event.js';
import { occupy, unitsOn } from './capacity.js';
import { DueClass } from './due.js';
import { endTrade, setExpiry } from './keeping.js';
import type { Bid, LostPart, Pool, Trade } from './market.js';
import { giveBack, match } from './matching.js';
import type { PlacedPiece } from './matching.js';
import { isWhole } from './reach.js';
import type { Wish } from './reach.js';
import { makeReplacement } from './trading.js';
import type { Run } from './run.js';
import { leasesOf } from './wish.js';

/** the leases of a pool lose what they have on these nodes, from the next slot. */
export function loseNodes(run: Run, pool: Pool, isLost: (node: number) => boolean): void {
  const parts: LostPart[] = [];
  for (const trade of [...run.market.trades.values()].filter((each) => each.pool === pool).sort(byPlace)) {
    const part = losePart(
      run,
      trade,
      trade.nodes.filter(({ node }) => isLost(node)),
      0,
    );
    if (part) parts.push(part);
  }
  placeAnew(run, parts);
}

/** R-27a: a lease that was not confirmed is lost as a whole; its own pool does not get it again. */
export function failLease(run: Run, { kind, tradeNumber }: FailLease): void {
  const trade = run.market.trades.get(tradeNumber);
  if (!trade || trade.ended || trade.to <= run.market.firstSellable) {
    return run.emit({ kind: 'CommandRefused', command: kind, rejection: 'lease_must_be_running_or_to_come' });
  }
  run.emit({ kind: 'Applied', command: kind });
  const part = losePart(run, trade, trade.nodes, trade.pool.fact.poolId);
  if (part) placeAnew(run, [part]);
}

const byPlace = (a: Trade, b: Trade): number => a.place - b.place || a.tradeNumber - b.tradeNumber;

/** Takes the nodes from the lease from the next slot on; null where nothing of them is left to lose. */
function losePart(run: Run, trade: Trade, nodes: readonly NodeUnits[], withoutPool: number): LostPart | null {
  const { market } = run;
  const from = Math.max(trade.from, market.firstSellable);
  const { to } = trade;
  if (trade.ended || from >= to || nodes.length === 0) return null;
  const units = unitsOn(nodes);
  const all = unitsOn(trade.nodes);
  const counted = units === all ? trade.counted : Math.floor((trade.counted * units) / all);
  const computeAmount = amountOf(trade.price, units, to - from);
  const transferAmount = shareOf(trade.transferAmount, units * (to - from), all * (to - trade.from));
  const unheld = release(run, trade, computeAmount + transferAmount);
  trade.transferAmount -= transferAmount;
  occupy(trade.pool, trade.offer, nodes, from, to, -1);
  run.freed.pools.add(trade.pool);
  if (units === all) endAt(run, trade, from);
  else {
    trade.nodes = trade.nodes.filter((each) => !nodes.includes(each));
    trade.counted -= counted;
  }
  run.emit({ kind: 'LeaseLost', tradeNumber: trade.tradeNumber, nodes, units, from, unheld });
  // A trade that is settled holds nothing: its buyer has paid, and pays no second time.
  const paid = Math.min(computeAmount, unheld);
  return { trade, from, to, units, counted, computeAmount: paid, transferAmount: unheld - paid, withoutPool };
}

const shareOf = (amount: number, part: number, whole: number): number => Number((BigInt(amount) * BigInt(part)) / BigInt(whole));

/** The trade holds so much less; micro-yuan that it in fact held. */
function release(run: Run, trade: Trade, amount: number): number {
  const unheld = Math.min(amount, trade.held);
  trade.held -= unheld;
  run.market.account(trade.bid.participantId).reserved -= unheld;
  return unheld;
}

/** The lease ends at the slot: at once where it never began, else when that slot begins. */
function endAt(run: Run, trade: Trade, slot: Slot): void {
  const { market } = run;
  trade.to = slot;
  if (slot > trade.from)
    market.due.push({ at: startOfSlot(slot), class: DueClass.LEASE, sequence: trade.tradeNumber, id: trade.tradeNumber });
  else {
    trade.ended = true;
    endTrade(market, trade);
  }
}

/**
 * R-24: lost parts are placed anew in the order of their trades' places. A gang's parts (R-5, R-6: all or none) are placed together at the place of the first, all or
 * none; where not all find a place every lease of the bid ends.
 */
function placeAnew(run: Run, parts: readonly LostPart[]): void {
  const cut: LeaseCutShort[] = [];
  const placed: [LostPart, Wish, PlacedPiece[]][] = [];
  const done = new Set<LostPart>();
  for (const part of parts) {
    if (done.has(part)) continue;
    const { bid } = part.trade;
    const family = isWhole(bid.terms) ? parts.filter((each) => each.trade.bid === bid) : [part];
    family.forEach((each) => done.add(each));
    const found = placeFamily(run, family);
    const short = found.filter(([each, , pieces]) => countedOf(pieces) < each.counted);
    if (short.length > 0 && isWhole(bid.terms)) {
      found.forEach(([each, , pieces]) => giveBack(each.to - each.from, pieces));
      cut.push(...family.map((each) => cutOf(each, each.units)), ...breakGang(run, bid));
    } else {
      placed.push(...found);
      cut.push(...short.map(([each, , pieces]) => cutOf(each, unitsShort(each, pieces))));
    }
  }
  cut.forEach((event) => run.emit(event));
  for (const [part, wish, pieces] of placed) for (const piece of pieces) makeReplacement(run, wish, piece, part);
  for (const { trade } of parts) if (trade.bid.open) unbind(run, trade.bid);
}

/** Matches each part of a family; what is found is taken. */
function placeFamily(run: Run, family: readonly LostPart[]): [LostPart, Wish, PlacedPiece[]][] {
  const found: [LostPart, Wish, PlacedPiece[]][] = [];
  for (const part of family) {
    const wish = wishFor(run, part, found.flatMap(([, , pieces]) => pieces)[0]?.candidate.pool);
    found.push([part, wish, isActive(run, part) ? match(run.market, wish) : []]);
  }
  return found;
}

/** nothing fills of a participant that is suspended. */
const isActive = ({ market }: Run, { trade }: LostPart): boolean => market.participants.get(trade.bid.participantId)?.active ?? false;

/** the same remaining window, where the bid's other leases (or what of them was just placed anew) are if the placement asks it. */
function wishFor({ market }: Run, { trade, from, to, counted, withoutPool }: LostPart, justPlaced: Pool | undefined): Wish {
  const { bid } = trade;
  const { placement } = bid.terms;
  const other = leasesOf(bid).find((lease) => lease.to > from)?.pool ?? justPlaced;
  return {
    bid,
    rest: counted,
    need: isWhole(bid.terms) ? counted : 1,
    time: market.time,
    starts: [from],
    duration: to - from,
    pool: other && placement === Placement.ONE_POOL ? other.fact.poolId : 0,
    site: other && placement === Placement.ONE_SITE ? other.site.siteId : 0,
    region: other && placement === Placement.ONE_REGION ? other.site.region : 0,
    withoutPool,
  };
}

const countedOf = (pieces: readonly PlacedPiece[]): number => pieces.reduce((sum, { counted }) => sum + counted, 0);

/** Units of the old lease that found no place: of a PFLOPS bid those that what is missing would have taken of its pool, rounded up. */
const unitsShort = (part: LostPart, pieces: readonly PlacedPiece[]): number =>
  Number((BigInt(part.counted - countedOf(pieces)) * BigInt(part.units) + BigInt(part.counted) - 1n) / BigInt(part.counted));

const cutOf = ({ trade, from }: LostPart, units: number): LeaseCutShort => ({
  kind: 'LeaseCutShort',
  tradeNumber: trade.tradeNumber,
  units,
  from,
  reason: 'lost',
  unheld: 0,
});

/** what is left of the bid's leases ends at the next slot, unpaid from then. */
function breakGang(run: Run, bid: Bid): LeaseCutShort[] {
  const { market } = run;
  return leasesOf(bid)
    .filter((trade) => trade.to > market.firstSellable)
    .sort(byPlace)
    .map((trade) => {
      const from = Math.max(trade.from, market.firstSellable);
      const units = unitsOn(trade.nodes);
      const transfer = shareOf(trade.transferAmount, trade.to - from, trade.to - trade.from);
      const unheld = release(run, trade, amountOf(trade.price, units, trade.to - from) + transfer);
      trade.transferAmount -= transfer;
      occupy(trade.pool, trade.offer, trade.nodes, from, trade.to, -1);
      run.freed.pools.add(trade.pool);
      endAt(run, trade, from);
      return { kind: 'LeaseCutShort', tradeNumber: trade.tradeNumber, units, from, reason: 'gang_broken', unheld };
    });
}

/** a rest stays bound only while a lease of its bid remains. */
function unbind(run: Run, bid: Bid): void {
  setExpiry(run.market, bid);
  run.freed.bids.add(bid);
}
