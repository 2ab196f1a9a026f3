import type { Slot } from '#domain';
import { isCurtailed } from './curtailed.js';
import type { Market, Pool } from './market.js';
import { Offer } from './records.js';
import { freeOfLease } from './stock.js';

/** Offers that sell of one stock: of a pool (lease 0), or of the rest of a lease. */
export interface Stock {
  readonly pool: Pool;
  readonly lease: number;
  readonly offers: readonly number[];
}

/** What leases of one length are counted in: groups of so many units on a node, of which each counts so much. */
export interface Measure {
  readonly duration: number;
  readonly perNode: number;
  countOf(pool: Pool): number;
}

/** By stock, in the order in which they come. */
export function stocksOf(market: Market, offers: readonly number[]): Stock[] {
  const { data } = market.tables.offers;
  const stocks = new Map<number, { pool: Pool; lease: number; offers: number[] }>();
  for (const offer of offers) {
    const pool = market.pools[data[offer + Offer.POOL]!]!;
    const lease = data[offer + Offer.LEASE]!;
    const id = lease === 0 ? pool.index : -lease;
    const stock = stocks.get(id);
    if (stock) stock.offers.push(offer);
    else stocks.set(id, { pool, lease, offers: [offer] });
  }
  return [...stocks.values()];
}

/** R-2a: groups that the stock has free over [from, to), whatever its offers sell. */
export function groupsOf(market: Market, { pool, lease }: Stock, perNode: number, from: Slot, to: Slot): number {
  if (!pool.trades) return 0;
  return lease === 0 ? pool.capacity.freeGroups(perNode, from, to) : freeOfLease(market, lease, pool, perNode, from, to);
}

/** groups that the offer itself can still sell from that start. */
export function groupsUnsold(market: Market, offer: number, perNode: number, start: Slot, duration: number): number {
  const { data } = market.tables.offers;
  const end = start + duration;
  if (duration < data[offer + Offer.MIN_SLOTS]! || start < data[offer + Offer.FROM]! || end > data[offer + Offer.TO]!) return 0;
  if (isCurtailed(market, offer, market.pools[data[offer + Offer.POOL]!]!, start, end)) return 0;
  return Math.max(0, Math.floor((data[offer + Offer.UNITS]! - market.sold.peak(offer, start, end)) / perNode));
}

/** What is free as a function of the start, in [first, last]: a step function, made stock by stock. */
export class Profile {
  private readonly length: number;
  /** By start: by how much the function rises there. */
  private readonly rises: Float64Array;
  private readonly isPoint: Uint8Array;
  private readonly points: Slot[] = [];
  /** Of the stock that is added: where it may change, and how long its leases are. */
  private readonly isTurn: Uint8Array;
  private readonly turns: number[] = [];
  private duration = 0;

  constructor(
    private readonly market: Market,
    private readonly first: Slot,
    last: Slot,
  ) {
    this.length = last - first + 1;
    this.rises = new Float64Array(this.length + 1);
    this.isPoint = new Uint8Array(this.length);
    this.isTurn = new Uint8Array(this.length);
  }

  /** Adds what the stock has free. `pooled`: as of `groupsOf`, where it is not what is free now. */
  add(stock: Stock, measure: Measure, pooled: number | null = null): void {
    const { market, first, length } = this;
    const { perNode, duration } = measure;
    const counted = measure.countOf(stock.pool);
    const points = this.turnsOf(stock, duration);
    for (let i = 0; i < points.length; i++) {
      const start = first + points[i]!;
      let unsold = 0;
      for (const offer of stock.offers) unsold += groupsUnsold(market, offer, perNode, start, duration);
      if (unsold === 0) continue;
      const free = counted * Math.min(unsold, pooled ?? groupsOf(market, stock, perNode, start, start + duration));
      if (free === 0) continue;
      this.rise(points[i]!, free);
      this.rise(points[i + 1] ?? length, -free);
    }
  }

  private rise(at: number, by: number): void {
    if (at < this.length && this.isPoint[at] === 0) {
      this.isPoint[at] = 1;
      this.points.push(at);
    }
    this.rises[at]! += by;
  }

  /** The starts, from `first` on, at which what the stock has free may change; ascending. */
  private turnsOf({ pool, lease, offers }: Stock, duration: number): readonly number[] {
    const { market, first, length, turn } = this;
    const { data } = market.tables.offers;
    const [from, to] = [first, first + length + duration];
    this.duration = duration;
    this.turns.length = 0;
    this.mark(first);
    for (const offer of offers) {
      turn(data[offer + Offer.FROM]!);
      turn(data[offer + Offer.TO]!);
      if (length > 1) market.sold.turns(offer, from, to, turn);
    }
    if (length > 1 && lease !== 0) market.resold.turns(lease, from, to, turn);
    else if (length > 1) pool.capacity.turns(from, to, turn);
    if (pool.curtailment) {
      turn(pool.curtailment.from);
      turn(pool.curtailment.to);
    }
    for (const at of this.turns) this.isTurn[at] = 0;
    return this.turns.sort((a, b) => a - b);
  }

  /** A slot enters the window of a lease that ends after it, and leaves it with the next start. */
  private readonly turn = (slot: Slot): void => {
    this.mark(slot);
    this.mark(slot - this.duration + 1);
  };

  private mark(start: Slot): void {
    const at = start - this.first;
    if (at < 0 || at >= this.length || this.isTurn[at] === 1) return;
    this.isTurn[at] = 1;
    this.turns.push(at);
  }

  /** Calls `see` with each run of starts [from, to) and what is free at each of them, ascending, until it says true. */
  some(see: (free: number, from: Slot, to: Slot) => boolean): boolean {
    const { first, length, rises } = this;
    const points = Int32Array.from(this.points).sort();
    if (points[0] !== 0 && see(0, first, first + (points[0] ?? length))) return true;
    let free = 0;
    for (let i = 0; i < points.length; i++) {
      free += rises[points[i]!]!;
      if (see(free, first + points[i]!, first + (points[i + 1] ?? length))) return true;
    }
    return false;
  }

  /** Nothing is free at any start. */
  clear(): void {
    for (const point of this.points) {
      this.rises[point] = 0;
      this.isPoint[point] = 0;
    }
    this.rises[this.length] = 0;
    this.points.length = 0;
  }
}
