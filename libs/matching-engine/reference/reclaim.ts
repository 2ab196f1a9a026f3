import { Tier } from '#domain';
import type { Slot } from '#domain';
import { freeByNode, groupsOn, occupyLease, stockOf } from './capacity.js';
import type { Bid, Market, Offer, Pool, Trade } from './market.js';
import { byKeyPriceTime, difference, fillAt, giveBack, groupsOf, settle } from './matching.js';
import type { Fill, PlacedPiece } from './matching.js';
import { candidatesOf } from './reach.js';
import type { Wish } from './reach.js';

/** What a FIRM bid reclaims: the fill on its nodes, and the leases that go from its start on. Both are taken until `undoReclaim`. */
export interface Reclaim {
  readonly wish: Wish;
  readonly start: Slot;
  readonly pieces: readonly PlacedPiece[];
  /** Oldest first. */
  readonly leases: readonly Trade[];
}

/** By age: a lease that was placed anew keeps its trade's place. */
export const byPlace = (a: Trade, b: Trade): number => a.place - b.place || a.tradeNumber - b.tradeNumber;

/**
 * of every start the best fill from FIRM offers, as if the leases that may be reclaimed for it were absent; null where there is none. `gone` were taken by a
 * reclaim of the same family before.
 */
export function reclaim(market: Market, wish: Wish, gone: readonly Trade[] = []): Reclaim | null {
  const { terms } = wish.bid;
  if (wish.rest === 0 || wish.pin || wish.until > 0 || (wish.platform ?? 0) !== 0) return null;
  const candidates = candidatesOf(market, { ...wish, tier: Tier.FIRM, platform: 0 }).sort(byKeyPriceTime(terms));
  if (candidates.length === 0) return null;
  const groups = groupsOf(wish, candidates);
  let best: Fill | null = null;
  for (const start of wish.starts) {
    const absent = mayGo(market, wish, start, gone);
    vacate(absent, start);
    for (const group of groups) {
      const fill = fillAt(wish, group, start);
      if (fill.counted >= wish.need && (best === null || difference(terms, fill, best)[0] < 0)) best = fill;
    }
    putBack(absent, start);
  }
  return best && taken(market, wish, best, gone);
}

export function undoReclaim({ wish, start, pieces, leases }: Reclaim): void {
  giveBack(wish.duration, pieces);
  putBack(leases, start);
}

/** Of the leases in the way each that is not needed is spared, oldest first; the fill takes its nodes among those that are left. */
function taken(market: Market, wish: Wish, { start, pieces }: Fill, gone: readonly Trade[]): Reclaim {
  const inTheWay = mayGo(market, wish, start, gone);
  vacate(inTheWay, start);
  const leases = inTheWay.filter((lease) => {
    putBack([lease], start);
    if (fits(wish, pieces, start)) return false;
    vacate([lease], start);
    return true;
  });
  return { wish, start, leases, pieces: pieces.map((piece) => ({ ...settle(wish, piece), runnerUp: null })) };
}

/** True where each pool still has the groups that the fill takes of it. */
function fits({ bid: { terms }, duration }: Wish, pieces: Fill['pieces'], start: Slot): boolean {
  const wanted = new Map<Pool | Trade, number>();
  for (const { candidate, units } of pieces) {
    const stock = stockOf(candidate.offer);
    wanted.set(stock, (wanted.get(stock) ?? 0) + units / terms.perNode);
  }
  const groupsOfOffer = (offer: Offer): number => groupsOn(freeByNode(offer, null, start, start + duration), terms.perNode);
  return pieces.every(({ candidate: { offer } }) => groupsOfOffer(offer) >= wanted.get(stockOf(offer))!);
}

/** The RECLAIMABLE leases over the window that may be reclaimed for the start, oldest first. */
const mayGo = (market: Market, { bid, duration }: Wish, start: Slot, gone: readonly Trade[]): Trade[] =>
  [...market.trades.values()]
    .filter((lease) => isReclaimable(market, lease) && !gone.includes(lease) && !isOfFamily(bid, lease))
    .filter((lease) => lease.from < start + duration && lease.to > start && start >= endOfNotice(market, lease))
    .sort(byPlace);

export const isReclaimable = (market: Market, lease: Trade): boolean =>
  !lease.ended && !lease.reserved && market.books.get(lease.bookId)!.tier === Tier.RECLAIMABLE;

/** The first slot from which the lease may be taken: a lease that has begun has the notice that its bid accepted. */
export const endOfNotice = ({ firstSellable }: Market, lease: Trade): Slot =>
  firstSellable + (lease.since < firstSellable ? lease.bid.terms.noticeSlots : 0);

/**
 * Its own lease, its parent's, or one of its rests': these know it as long as it is open or has leases. What is explained is a copy of the bid on other terms, with the
 * same trades.
 */
const isOfFamily = (bid: Bid, { bid: other }: Trade): boolean =>
  other.trades === bid.trades || other === bid.parent || (other.parent?.trades === bid.trades && (bid.open || bid.trades.size > 0));

const vacate = (leases: readonly Trade[], start: Slot): void => leases.forEach((lease) => occupyFrom(lease, start, -1));
const putBack = (leases: readonly Trade[], start: Slot): void => leases.forEach((lease) => occupyFrom(lease, start, 1));

/** Takes or gives back what the lease has from the slot on. */
export const occupyFrom = (lease: Trade, slot: Slot, sign: 1 | -1): void =>
  occupyLease(lease, lease.nodes, Math.max(slot, lease.from), lease.to, sign);
