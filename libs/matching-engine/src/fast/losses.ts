import { amountOf, Health, Placement, Tier } from '#domain';
import type { Slot } from '#domain';
import type { FailLease } from '../command.js';
import { shareOf } from './amounts.js';
import { placed, pushPlaced } from './capacity.js';
import { offerOfTrade } from './keeping.js';
import { detach, endAt, release, tellReclaimed, unbind } from './leases.js';
import type { ReclaimedLease } from './leases.js';
import { relist } from './listing.js';
import type { Market, Pool } from './market.js';
import { match } from './matching.js';
import { giveBack } from './pieces.js';
import type { Piece } from './pieces.js';
import { byPlace, reclaim, undoReclaim } from './reclaim.js';
import { Bid, leasesOf, Trade } from './records.js';
import type { Run } from './run.js';
import { piecesOf } from './standby.js';
import type { Filled } from './standby.js';
import { occupyStock } from './stock.js';
import { continueBids, cutAll, inTradeOrder, makeReplacement } from './trading.js';
import type { Replaced } from './trading.js';
import { isWaiting } from './waiting.js';
import { firstLease, isWhole, leaseFrom } from './wish.js';

/** Units of a lease that are gone from a slot on, and what the buyer held for them. */
export interface LostPart extends Replaced {
  readonly trade: number;
  readonly bid: number;
  readonly from: Slot;
  readonly to: Slot;
  readonly units: number;
  /** R-7a: of the second fill. */
  readonly standby: boolean;
  /** The pool whose provider failed it; 0: none. */
  readonly withoutPool: number;
}

/** Where a lost part is placed anew; taken until `forget`. */
interface Found extends Filled {
  readonly part: LostPart;
}

/** How many of the units that a lease has on a node it loses; asked node by node, in their order. */
export type LostOf = (node: number, units: number) => number;
const allOf: LostOf = (_node, units) => units;

interface Cut {
  readonly tradeNumber: number;
  readonly units: number;
  readonly from: Slot;
  /** Place in cutReasons. */
  readonly reason: number;
  readonly unheld: number;
}

/** the leases of a pool lose what they have on these nodes, from the next slot. */
export function loseNodes(run: Run, pool: Pool, isLost: (node: number) => boolean): void {
  const { market } = run;
  const lostOf: LostOf = (node, units) => (isLost(node) ? units : 0);
  const { data } = market.tables.trades;
  const trades: number[] = [];
  for (const tier of [Tier.FIRM, Tier.RECLAIMABLE]) trades.push(...market.tables.leasesOfPool.all(leasesOf(pool.index, tier)));
  const parts = trades.sort(byPlace(data)).flatMap((trade) => losePart(market, trade, lostOf, 0) ?? []);
  placeAnew(run, parts);
}

/** trades that were made of pieces lose what was lost while these waited. */
export function loseMade(run: Run, trades: readonly number[]): void {
  const { market } = run;
  const { data } = market.tables.trades;
  const parts = trades.flatMap((trade) => {
    const pool = market.pools[data[trade + Trade.POOL]!]!;
    const isLost = (node: number): boolean => pool.health === Health.LOST || pool.nodeHealth.get(node) === Health.LOST;
    return losePart(market, trade, (node, units) => (isLost(node) ? units : 0), 0) ?? [];
  });
  placeAnew(run, parts);
}

/** R-27a: a lease that was not confirmed is lost as a whole; its own pool does not get it again. */
export function failLease(run: Run, { kind, tradeNumber }: FailLease): void {
  const { market } = run;
  const trade = market.tradeOf.get(tradeNumber);
  const { data } = market.tables.trades;
  if (trade < 0 || isWaiting(market, trade) || data[trade + Trade.ENDED] === 1 || data[trade + Trade.TO]! <= market.firstSellable) {
    return market.events.commandRefused(kind, 'lease_must_be_running_or_to_come');
  }
  market.events.applied(kind);
  const part = losePart(market, trade, allOf, market.pools[data[trade + Trade.POOL]!]!.fact.poolId);
  if (part) placeAnew(run, [part]);
}

/** Takes the lost units from the lease from the next slot on; null where nothing of them is left to lose. */
export function losePart(market: Market, trade: number, lostOf: LostOf, withoutPool: number): LostPart | null {
  const { data } = market.tables.trades;
  const start = data[trade + Trade.FROM]!;
  const from = Math.max(start, market.firstSellable);
  const to = data[trade + Trade.TO]!;
  if (data[trade + Trade.ENDED] === 1 || from >= to) return null;
  const units = pickNodes(market, trade, lostOf);
  if (placed.count === 0) return null;
  const all = data[trade + Trade.UNITS]!;
  const counted = units === all ? data[trade + Trade.COUNTED]! : Math.floor((data[trade + Trade.COUNTED]! * units) / all);
  const computeAmount = amountOf(data[trade + Trade.PRICE]!, units, to - from);
  const transfer = shareOf(data[trade + Trade.TRANSFER]!, units * (to - from), all * (to - start));
  const subsidised = data[trade + Trade.SUBSIDY]!;
  const unheld = release(market, trade, computeAmount + transfer);
  data[trade + Trade.TRANSFER] = data[trade + Trade.TRANSFER]! - transfer;
  // units that it resold are not placed anew for it.
  const own = ownUnits(market, trade, from, to);
  // What goes on knows nothing of the nodes that it lost, in the slot under way neither.
  giveBackPlaced(market, trade, units, units === all ? from : Math.max(start, market.present), to);
  if (units === all) {
    detach(market, trade);
    endAt(market, trade, from);
  } else {
    keepNodes(market, trade);
    data[trade + Trade.UNITS] = all - units;
    data[trade + Trade.COUNTED] = data[trade + Trade.COUNTED]! - counted;
  }
  const tradeNumber = data[trade + Trade.NUMBER]!;
  market.events.leaseLost(tradeNumber, units, from, unheld);
  market.events.nodes(placed.pairs, 0, placed.count);
  // A trade that is settled holds nothing: its buyer has paid, and pays no second time.
  const paid = Math.min(computeAmount, unheld);
  const place = data[trade + Trade.PLACE]!;
  const bid = data[trade + Trade.BID]!;
  const since = data[trade + Trade.SINCE]!;
  const subsidy = subsidised - data[trade + Trade.SUBSIDY]!;
  const part: LostPart = {
    trade,
    tradeNumber,
    place,
    since,
    bid,
    from,
    to,
    units,
    counted,
    computeAmount: paid,
    transferAmount: unheld - paid,
    money: unheld - subsidy,
    subsidy,
    standby: data[trade + Trade.STANDBY] === 1,
    withoutPool,
  };
  return own === units ? part : partOf(part, own);
}

/** Of the nodes in `placed` the units of those of which nothing is resold. */
function ownUnits({ resold, tables }: Market, trade: number, from: Slot, to: Slot): number {
  const number = tables.trades.data[trade]!;
  let units = 0;
  for (let i = 0; i < 2 * placed.count; i += 2) {
    if (resold.peak(number, placed.pairs[i]!, from, to) === 0) units += placed.pairs[i + 1]!;
  }
  return units;
}

/** So many units of a lost part; null for none. */
function partOf(part: LostPart, units: number): LostPart | null {
  if (units === 0) return null;
  const share = (amount: number): number => shareOf(amount, units, part.units);
  const [computeAmount, transferAmount, subsidy] = [share(part.computeAmount), share(part.transferAmount), share(part.subsidy)];
  const money = computeAmount + transferAmount - subsidy;
  return { ...part, units, counted: share(part.counted), computeAmount, transferAmount, money, subsidy };
}

/** Tells in `placed` what is lost on the trade's nodes; answers the units. */
function pickNodes({ arena, tables }: Market, trade: number, lostOf: LostOf): number {
  const nodes = tables.trades.data[trade + Trade.NODES]!;
  const count = tables.trades.data[trade + Trade.NODE_COUNT]!;
  placed.count = 0;
  let units = 0;
  for (let i = nodes; i < nodes + 2 * count; i += 2) {
    const lost = lostOf(arena.words[i]!, arena.words[i + 1]!);
    if (lost === 0) continue;
    pushPlaced(arena.words[i]!, lost);
    units += lost;
  }
  return units;
}

/** What is not in `placed` closes up in the trade's block. */
function keepNodes({ arena, tables }: Market, trade: number): void {
  const { data } = tables.trades;
  const nodes = data[trade + Trade.NODES]!;
  const end = nodes + 2 * data[trade + Trade.NODE_COUNT]!;
  let kept = nodes;
  let next = 0;
  for (let i = nodes; i < end; i += 2) {
    const node = arena.words[i]!;
    const isLost = next < 2 * placed.count && placed.pairs[next] === node;
    const left = arena.words[i + 1]! - (isLost ? placed.pairs[next + 1]! : 0);
    if (isLost) next += 2;
    if (left === 0) continue;
    arena.words[kept] = node;
    arena.words[kept + 1] = left;
    kept += 2;
  }
  data[trade + Trade.NODE_COUNT] = (kept - nodes) / 2;
}

/** The nodes in `placed`, and the offer, are free again. */
function giveBackPlaced(market: Market, trade: number, units: number, from: Slot, to: Slot): void {
  const { data } = market.tables.trades;
  const pool = market.pools[data[trade + Trade.POOL]!]!;
  occupyStock(market, data[trade + Trade.WITHIN]!, pool, placed.pairs, 0, placed.count, from, to, -1);
  const offer = offerOfTrade(market, trade);
  if (offer >= 0) {
    market.sold.add(offer, from, to, -units);
    relist(market, offer);
  }
  market.freed.pool(pool);
}

/**
 * R-24: lost parts are placed anew in the order of their trades' places. A gang's parts (R-5, R-6: all or none) are placed together at the place of the first, all or
 * none; where not all find a place every lease of the bid ends.
 */
export function placeAnew(run: Run, parts: readonly LostPart[]): void {
  const { market } = run;
  const cut: Cut[] = [];
  const placing: Found[] = [];
  const reclaimed: ReclaimedLease[] = [];
  const done = new Set<LostPart>();
  for (const part of parts) {
    if (done.has(part)) continue;
    const isGang = isWhole(market.tables, part.bid);
    const family = isGang ? parts.filter((each) => each.bid === part.bid && each.standby === part.standby) : [part];
    for (const each of family) done.add(each);
    const found = placeFamily(run, family);
    const short = found.filter((each) => countedOf(piecesOf(each)) < each.part.counted);
    if (short.length > 0 && isGang) {
      for (const each of found) forget(market, each);
      cut.push(...family.map((each) => cutOf(each, each.units)), ...breakGang(market, part));
    } else {
      placing.push(...found);
      for (const each of found) if (each.reclaimed) reclaimed.push(...cutAll(market, part.bid, each.reclaimed));
      cut.push(...short.map((each) => cutOf(each.part, unitsShort(each.part, piecesOf(each)))));
    }
  }
  for (const { tradeNumber, units, from, reason, unheld } of cut) market.events.leaseCutShort(tradeNumber, units, from, reason, unheld);
  for (const lease of reclaimed) tellReclaimed(market, lease);
  for (const found of placing) {
    const { part } = found;
    run.wish.ofPart(market, part.bid, part.counted, part.from, part.to);
    run.wish.isSecond = part.standby;
    for (const piece of piecesOf(found)) makeReplacement(run, run.wish, piece, part);
  }
  for (const { bid } of parts) unbind(market, bid);
  continueBids(run, inTradeOrder(market, reclaimed));
}

function forget(market: Market, { part, matched, reclaimed }: Found): void {
  if (reclaimed) undoReclaim(market, reclaimed);
  giveBack(market, part.to - part.from, matched);
}

/** Matches each part of a family, FIRM leases with reclaim; what is found is taken. */
function placeFamily(run: Run, family: readonly LostPart[]): Found[] {
  const { market, wish, candidates } = run;
  const found: Found[] = [];
  for (const part of family) {
    wishFor(run, part, found.flatMap(piecesOf)[0]?.candidate.pool ?? null);
    const active = isActive(market, part);
    const matched = active ? match(market, wish, candidates) : [];
    const isFirm = market.tables.trades.data[part.trade + Trade.TIER] === Tier.FIRM;
    if (active && isFirm) wish.leave(matched);
    found.push({ part, matched, reclaimed: active && isFirm ? reclaim(market, wish, candidates) : null });
  }
  return found;
}

/** nothing fills of a participant that is suspended. */
const isActive = ({ participants, tables }: Market, { bid }: LostPart): boolean =>
  participants.facts[tables.bids.data[bid + Bid.PARTICIPANT]!]?.active ?? false;

/**
 * the same remaining window, where the bid's other leases (or what of them was just placed anew) are if the placement asks it; away from those of its other fill
 * (R-7a).
 */
function wishFor({ market, wish }: Run, { bid, from, to, counted, standby, withoutPool }: LostPart, justPlaced: Pool | null): void {
  wish.ofPart(market, bid, counted, from, to);
  wish.isSecond = standby;
  wish.withoutPool = withoutPool;
  const { data } = market.tables.trades;
  let other: Pool | null = null;
  const away: Pool[] = [];
  for (let lease = firstLease(market, bid); lease >= 0; lease = leaseFrom(market, data[lease + Trade.OF_BID_NEXT]!)) {
    if (data[lease + Trade.TO]! <= from) continue;
    const pool = market.pools[data[lease + Trade.POOL]!]!;
    // what starts together lies on one platform, and nothing is placed anew on another than this one.
    if (pool.platform > 0 && wish.isTogether) wish.starts.none();
    if ((data[lease + Trade.STANDBY] === 1) !== standby) away.push(pool);
    else other ??= pool;
  }
  wish.setAway(away);
  other ??= justPlaced;
  if (!other) return;
  if (wish.placement === Placement.ONE_POOL) wish.pool = other.fact.poolId;
  if (wish.placement === Placement.ONE_SITE) wish.site = other.site.siteId;
  if (wish.placement === Placement.ONE_REGION) wish.region = other.site.region;
}

const countedOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { counted }) => sum + counted, 0);

/** Units of the old lease that found no place: of a PFLOPS bid those that what is missing would have taken of its pool, rounded up. */
const unitsShort = (part: LostPart, pieces: readonly Piece[]): number =>
  Number((BigInt(part.counted - countedOf(pieces)) * BigInt(part.units) + BigInt(part.counted) - 1n) / BigInt(part.counted));

const cutOf = ({ tradeNumber, from }: LostPart, units: number): Cut => ({ tradeNumber, units, from, reason: 0, unheld: 0 });

/** what is left of the bid's leases ends at the next slot, unpaid from then. */
function breakGang(market: Market, { bid, standby }: LostPart): Cut[] {
  const { data } = market.tables.trades;
  const leases: number[] = [];
  for (let lease = firstLease(market, bid); lease >= 0; lease = leaseFrom(market, data[lease + Trade.OF_BID_NEXT]!)) {
    if (!isWaiting(market, lease) && data[lease + Trade.TO]! > market.firstSellable && (data[lease + Trade.STANDBY] === 1) === standby)
      leases.push(lease);
  }
  return leases.sort(byPlace(data)).map((trade) => {
    const start = data[trade + Trade.FROM]!;
    const from = Math.max(start, market.firstSellable);
    const to = data[trade + Trade.TO]!;
    const units = pickNodes(market, trade, allOf);
    const transfer = shareOf(data[trade + Trade.TRANSFER]!, to - from, to - start);
    const unheld = release(market, trade, amountOf(data[trade + Trade.PRICE]!, units, to - from) + transfer);
    data[trade + Trade.TRANSFER] = data[trade + Trade.TRANSFER]! - transfer;
    giveBackPlaced(market, trade, units, from, to);
    detach(market, trade);
    endAt(market, trade, from);
    return { tradeNumber: data[trade + Trade.NUMBER]!, units, from, reason: 1, unheld };
  });
}
