import { tick } from '#domain';
import type { Price, Region, Time } from '#domain';
import type { IndexPrice } from '../engine.js';
import type { HourState } from '../snapshot.js';
import { isOfProduct } from './market.js';
import type { Book, Market } from './market.js';

// the volume-weighted price of a book's trades in a region, by the hour of command time in which they were made.

const hourMs = 3_600_000;
const microYuanPerYuan = 1_000_000;
/** An index stands for guards until so many hours after its own. */
const hoursOfIndex = 24;

const hourOf = (time: Time): number => Math.floor(time / hourMs);

/** Counts a trade. */
export function countTrade(market: Market, book: Book, region: Region, unitSlots: number, amount: number): void {
  const hour = hourOf(market.time);
  let state = book.indices.get(region);
  if (!state) book.indices.set(region, (state = { bookId: book.fact.bookId, region, last: emptyHour(hour), before: null }));
  if (state.last.hour < hour) {
    state.before = state.last;
    state.last = emptyHour(hour);
  }
  const { last } = state;
  const yuan = wholeYuan(amount);
  const microYuan = last.microYuan + amount - yuan * microYuanPerYuan;
  const carried = microYuan >= microYuanPerYuan ? 1 : 0;
  last.trades++;
  last.unitSlots += unitSlots;
  last.yuan += yuan + carried;
  last.microYuan = microYuan - carried * microYuanPerYuan;
}

/** Of micro-yuan, a safe integer: where the quotient of a large amount is rounded up it is one too many. The rest of a division would cost a call. */
function wholeYuan(amount: number): number {
  const yuan = Math.floor(amount / microYuanPerYuan);
  return yuan * microYuanPerYuan > amount ? yuan - 1 : yuan;
}

const emptyHour = (hour: number): HourState => ({ hour, trades: 0, unitSlots: 0, yuan: 0, microYuan: 0 });

/** Micro-yuan a unit-hour, rounded down to the tick. */
const priceOf = ({ yuan, microYuan, unitSlots }: HourState): Price =>
  Number((4n * (BigInt(yuan) * BigInt(microYuanPerYuan) + BigInt(microYuan))) / (BigInt(unitSlots) * BigInt(tick))) * tick;

/** What prices are held against: the index of the last hour with trades that is over, else the operator's price; 0: nothing. */
export function referenceIn(market: Market, book: Book, region: Region): Price {
  const now = hourOf(market.time);
  const state = book.indices.get(region);
  const hour = state && state.last.hour < now ? state.last : state?.before;
  return hour && hour.hour >= now - hoursOfIndex ? priceOf(hour) : book.fact.referencePrice;
}

/** the same for each region in which the book has pools. */
export function referencesOf(market: Market, book: Book): Price[] {
  const regions = market.pools.filter((pool) => isOfProduct(pool.fact, book.fact)).map((pool) => pool.site.region);
  return regions.length === 0 ? [book.fact.referencePrice] : [...new Set(regions)].map((region) => referenceIn(market, book, region));
}

/** True where the price lies no farther from the reference than so many basis points; 0 basis points or no reference: anywhere. */
export const liesWithin = (price: Price, reference: Price, basisPoints: number): boolean =>
  reference === 0 || basisPoints === 0 || Math.abs(price - reference) * 10_000 <= reference * basisPoints;

/** by region, then hour. */
export const indexOf = (book: Book): IndexPrice[] =>
  [...book.indices.values()]
    .sort((a, b) => a.region - b.region)
    .flatMap(({ region, last, before }) =>
      [...(before ? [before] : []), last].map((hour) => ({
        region,
        hour: hour.hour,
        price: priceOf(hour),
        trades: hour.trades,
        unitSlots: hour.unitSlots,
      })),
    );
