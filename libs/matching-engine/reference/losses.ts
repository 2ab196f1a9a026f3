import { amountOf, Health, Placement, slotAt, Tier } from '#domain';
import type { Slot } from '#domain';
import type { FailLease } from '../src/command.js';
import type { LeaseCutShort, NodeUnits } from '../src/event.js';
import { occupyLease, unitsOn } from './capacity.js';
import { detach, endAt, release, unbind } from './leases.js';
import type { ReclaimedLease } from './leases.js';
import type { LostPart, Pool, Trade } from './market.js';
import { giveBack, match } from './matching.js';
import type { PlacedPiece } from './matching.js';
import { isWhole, startsTogether } from './reach.js';
import type { Wish } from './reach.js';
import { byPlace, reclaim, undoReclaim } from './reclaim.js';
import type { Reclaim } from './reclaim.js';
import { platformOf } from './waiting.js';
import type { Run } from './run.js';
import { countedOf } from './taking.js';
import { byTradeNumber, continueBids, cutAll, makeReplacement } from './trading.js';
import { awayFrom, leasesOf, leftOf } from './wish.js';

/** the leases of a pool lose what they have on these nodes, from the next slot. */
export function loseNodes(run: Run, pool: Pool, isLost: (node: number) => boolean): void {
  const parts: LostPart[] = [];
  const trades = [...run.market.trades.values()].filter((each) => each.pool === pool && !each.reserved);
  for (const trade of trades.sort(byPlace)) {
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

/** trades that were made of pieces lose what was lost while these waited. */
export function loseWhatIsLost(run: Run, trades: readonly Trade[]): void {
  const isLost = ({ pool }: Trade, node: number): boolean => pool.health === Health.LOST || pool.healthOf(node) === Health.LOST;
  placeAnew(
    run,
    trades.flatMap((trade) => {
      const lost = trade.nodes.filter(({ node }) => isLost(trade, node));
      return losePart(run, trade, lost, 0) ?? [];
    }),
  );
}

/** R-27a: a lease that was not confirmed is lost as a whole; its own pool does not get it again. */
export function failLease(run: Run, { kind, tradeNumber }: FailLease): void {
  const trade = run.market.trades.get(tradeNumber);
  if (!trade || trade.reserved || trade.ended || trade.to <= run.market.firstSellable) {
    return run.emit({ kind: 'CommandRefused', command: kind, rejection: 'lease_must_be_running_or_to_come' });
  }
  run.emit({ kind: 'Applied', command: kind });
  const part = losePart(run, trade, trade.nodes, trade.pool.fact.poolId);
  if (part) placeAnew(run, [part]);
}

/** Takes the units on the nodes from the lease from the next slot on; null where nothing of them is left to lose. */
export function losePart(run: Run, trade: Trade, nodes: readonly NodeUnits[], withoutPool: number): LostPart | null {
  const { market } = run;
  const from = Math.max(trade.from, market.firstSellable);
  const { to } = trade;
  if (trade.ended || from >= to || nodes.length === 0) return null;
  const units = unitsOn(nodes);
  const all = unitsOn(trade.nodes);
  const counted = units === all ? trade.counted : Math.floor((trade.counted * units) / all);
  const computeAmount = amountOf(trade.price, units, to - from);
  const transferAmount = shareOf(trade.transferAmount, units * (to - from), all * (to - trade.from));
  const subsidised = trade.subsidy;
  const unheld = release(run, trade, computeAmount + transferAmount);
  trade.transferAmount -= transferAmount;
  // units that it resold are not placed anew for it.
  const own = unitsOn(nodes.filter(({ node }) => !isResold(trade, node, from)));
  if (units === all) detach(run.market, trade);
  // What goes on knows nothing of the nodes that it lost, in the slot under way neither.
  occupyLease(trade, nodes, units === all ? from : Math.max(trade.from, slotAt(market.time)), to, -1);
  run.freed.pools.add(trade.pool);
  if (units === all) endAt(run, trade, from);
  else {
    trade.nodes = withoutLost(trade.nodes, nodes);
    trade.counted -= counted;
  }
  run.emit({ kind: 'LeaseLost', tradeNumber: trade.tradeNumber, nodes, units, from, unheld });
  // A trade that is settled holds nothing: its buyer has paid, and pays no second time.
  const paid = Math.min(computeAmount, unheld);
  const subsidy = subsidised - trade.subsidy;
  const purse = { reserved: unheld - subsidy, subsidy };
  const part = { trade, from, to, units, counted, computeAmount: paid, transferAmount: unheld - paid, purse, withoutPool };
  return own === units ? part : partOf(part, own);
}

const withoutLost = (nodes: readonly NodeUnits[], lost: readonly NodeUnits[]): NodeUnits[] =>
  nodes
    .map(({ node, units }) => ({ node, units: units - (lost.find((each) => each.node === node)?.units ?? 0) }))
    .filter(({ units }) => units > 0);

const isResold = ({ resold, to }: Trade, node: number, from: Slot): boolean => (resold.get(node)?.peak(from, to) ?? 0) > 0;

/** So many units of a lost part; null for none. */
function partOf(part: LostPart, units: number): LostPart | null {
  if (units === 0) return null;
  const { counted, computeAmount, transferAmount } = part;
  const share = (amount: number): number => shareOf(amount, units, part.units);
  const kept = { computeAmount: share(computeAmount), transferAmount: share(transferAmount) };
  const subsidy = share(part.purse.subsidy);
  const purse = { reserved: kept.computeAmount + kept.transferAmount - subsidy, subsidy };
  return { ...part, units, counted: share(counted), ...kept, purse };
}

const shareOf = (amount: number, part: number, whole: number): number => Number((BigInt(amount) * BigInt(part)) / BigInt(whole));

/**
 * R-24: lost parts are placed anew in the order of their trades' places. A gang's parts (R-5, R-6: all or none) are placed together at the place of the first, all or
 * none; where not all find a place every lease of the bid ends.
 */
export function placeAnew(run: Run, parts: readonly LostPart[]): void {
  const cut: LeaseCutShort[] = [];
  const placed: Placed[] = [];
  const reclaimed: ReclaimedLease[] = [];
  const done = new Set<LostPart>();
  for (const part of parts) {
    if (done.has(part)) continue;
    const { bid } = part.trade;
    const family = isWhole(bid.terms) ? parts.filter(({ trade }) => trade.bid === bid && trade.standby === part.trade.standby) : [part];
    family.forEach((each) => done.add(each));
    const found = placeFamily(run, family);
    const short = found.filter(({ part: each, pieces }) => countedOf(pieces) < each.counted);
    if (short.length > 0 && isWhole(bid.terms)) {
      found.forEach(forget);
      cut.push(...family.map((each) => cutOf(each, each.units)), ...breakGang(run, part.trade));
    } else {
      placed.push(...found);
      for (const each of found) if (each.reclaimed) reclaimed.push(...cutAll(run, each.reclaimed));
      cut.push(...short.map(({ part: each, pieces }) => cutOf(each, unitsShort(each, pieces))));
    }
  }
  cut.forEach((event) => run.emit(event));
  for (const { event } of reclaimed) run.emit(event);
  for (const { part, wish, pieces } of placed) for (const piece of pieces) makeReplacement(run, wish, piece, part);
  for (const { trade } of parts) unbind(run, trade.bid);
  continueBids(run, reclaimed.sort(byTradeNumber));
}

/** Where a lost part is placed anew; taken until `forget`. */
interface Placed {
  readonly part: LostPart;
  readonly wish: Wish;
  readonly pieces: readonly PlacedPiece[];
  readonly reclaimed: Reclaim | null;
}

function forget({ wish, pieces, reclaimed }: Placed): void {
  if (reclaimed) undoReclaim(reclaimed);
  giveBack(wish.duration, pieces.slice(0, pieces.length - (reclaimed?.pieces.length ?? 0)));
}

/** Matches each part of a family, FIRM leases with reclaim; what is found is taken. */
function placeFamily(run: Run, family: readonly LostPart[]): Placed[] {
  const { market } = run;
  const found: Placed[] = [];
  for (const part of family) {
    const wish = wishFor(run, part, found.flatMap(({ pieces }) => pieces)[0]?.candidate.pool);
    const matched = isActive(run, part) ? match(market, wish) : [];
    const isFirm = market.books.get(part.trade.bookId)!.tier === Tier.FIRM;
    const gone = found.flatMap(({ reclaimed }) => reclaimed?.leases ?? []);
    const reclaimed = isFirm && isActive(run, part) ? reclaim(market, leftOf(wish, matched), gone) : null;
    found.push({ part, wish, pieces: [...matched, ...(reclaimed?.pieces ?? [])], reclaimed });
  }
  return found;
}

/** nothing fills of a participant that is suspended. */
const isActive = ({ market }: Run, { trade }: LostPart): boolean => market.participants.get(trade.bid.participantId)?.active ?? false;

/** the same remaining window, where the bid's other leases (or what of them was just placed anew) are if the placement asks it. */
function wishFor({ market }: Run, { trade, from, to, counted, withoutPool }: LostPart, justPlaced: Pool | undefined): Wish {
  const { bid } = trade;
  const { placement } = bid.terms;
  const others = leasesOf(bid).filter((lease) => lease.to > from);
  const other = others.find((lease) => lease.standby === trade.standby)?.pool ?? justPlaced;
  return {
    bid,
    rest: counted,
    need: isWhole(bid.terms) ? counted : 1,
    time: market.time,
    // what starts together lies on one platform, and nothing is placed anew on another than this one.
    starts: startsTogether(bid.terms) && others.some((lease) => platformOf(lease.pool) !== 0) ? [] : [from],
    duration: to - from,
    pool: other && placement === Placement.ONE_POOL ? other.fact.poolId : 0,
    site: other && placement === Placement.ONE_SITE ? other.site.siteId : 0,
    region: other && placement === Placement.ONE_REGION ? other.site.region : 0,
    withoutPool,
    ...awayFrom(
      bid.terms,
      others.filter((lease) => lease.standby !== trade.standby).map((lease) => lease.pool),
    ),
    platform: 0,
    until: 0,
    tier: null,
    pin: null,
  };
}

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
function breakGang(run: Run, { bid, standby }: Trade): LeaseCutShort[] {
  const { market } = run;
  return leasesOf(bid)
    .filter((trade) => trade.standby === standby && !trade.reserved && trade.to > market.firstSellable)
    .sort(byPlace)
    .map((trade) => {
      const from = Math.max(trade.from, market.firstSellable);
      const units = unitsOn(trade.nodes);
      const transfer = shareOf(trade.transferAmount, trade.to - from, trade.to - trade.from);
      const unheld = release(run, trade, amountOf(trade.price, units, trade.to - from) + transfer);
      trade.transferAmount -= transfer;
      detach(market, trade);
      occupyLease(trade, trade.nodes, from, trade.to, -1);
      run.freed.pools.add(trade.pool);
      endAt(run, trade, from);
      return { kind: 'LeaseCutShort', tradeNumber: trade.tradeNumber, units, from, reason: 'gang_broken', unheld };
    });
}
