// R-36: two platforms' statements of a day, item by item.

/** Sold to the partner, bought of it. The numbers are kept. */
export const Side = { SOLD: 1, BOUGHT: 2 } as const;
export type Side = (typeof Side)[keyof typeof Side];

export interface Item {
  readonly side: Side;
  readonly id: string;
  /** Micro-yuan, below 0 only of an adjustment; 0: it is not there. */
  readonly ours: bigint;
  readonly theirs: bigint;
}

/** What one platform has sold the other has bought. */
export const otherSide = (side: Side): Side => (side === Side.SOLD ? Side.BOUGHT : Side.SOLD);

interface Line {
  readonly side: Side;
  readonly amount: bigint;
}

/** A plain item is never below 0: what goes back of what one sold the other has sold. */
export const plainLine = ({ side, amount }: Line): Line => (amount < 0n ? { side: otherSide(side), amount: -amount } : { side, amount });

/** What a plain line says of an item of `side`. */
export const ofPlainLine = (side: Side, line: Line): bigint => (line.side === side ? line.amount : -line.amount);

export const differing = <I extends Item>(items: readonly I[]): I[] => items.filter(({ ours, theirs }) => ours !== theirs);

/** What can be netted: both say the same of it, and that it is there. */
export const agreedOf = <I extends Item>(items: readonly I[]): I[] => items.filter(({ ours, theirs }) => ours === theirs && ours !== 0n);

export interface Sums {
  readonly sold: bigint;
  readonly bought: bigint;
}

/** What is owed to this platform, and what it owes: what goes back of what it sold it owes, what comes back of what it bought it is owed. */
export function sumsOf(items: readonly Item[]): Sums {
  const back = givenBackOf(items);
  return { sold: sum(items, Side.SOLD, positive) + back.bought, bought: sum(items, Side.BOUGHT, positive) + back.sold };
}

/** Of these, what goes back of what was sold, and comes back of what was bought. */
export const givenBackOf = (items: readonly Item[]): Sums => ({
  sold: sum(items, Side.SOLD, negative),
  bought: sum(items, Side.BOUGHT, negative),
});

/** Of an amount, what is owed for it, and what goes back of it. */
export const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n);
const negative = (amount: bigint): bigint => positive(-amount);

const sum = (items: readonly Item[], side: Side, of: (amount: bigint) => bigint): bigint =>
  items.reduce((total, item) => (item.side === side ? total + of(item.ours) : total), 0n);

/**
 * Days to be stated: those that are over since the last that was.
 * @param last day that was stated; the day before the first where none was
 * @param max of days at once, so that a platform that was away does not say all of a year
 */
export function daysToState(last: number, today: number, max: number): number[] {
  const count = Math.max(0, Math.min(max, today - 1 - last));
  return Array.from({ length: count }, (_, nth) => last + 1 + nth);
}

/** Of the ids beyond `fromId` up to `toId`, inclusive; empty: from the first, to the last. */
export interface Part<I> {
  readonly fromId: string;
  readonly toId: string;
  readonly items: readonly I[];
}

/** A day's items in as many parts as they need, one at least. @param items in the order of their ids */
export function partsOf<I extends Pick<Item, 'id'>>(items: readonly I[], max: number): Part<I>[] {
  const parts: Part<I>[] = [];
  let rest = items;
  let fromId = '';
  while (rest.length > max) {
    // What is sold and bought under one id stays together.
    const count = rest[max - 1]!.id === rest[max]!.id ? max - 1 : max;
    const toId = rest[count - 1]!.id;
    parts.push({ fromId, toId, items: rest.slice(0, count) });
    rest = rest.slice(count);
    fromId = toId;
  }
  return [...parts, { fromId, toId: '', items: rest }];
}

export const isOfPart = (id: string, { fromId, toId }: Pick<Part<unknown>, 'fromId' | 'toId'>): boolean =>
  id > fromId && (toId === '' || id <= toId);
