import type { Event } from '../src/event.js';
import type { Bid, Market, Offer, Pool, Trade } from './market.js';

/** What a command made possible: where a pass of R-14 must look. */
export class Freed {
  /** A fact changed: any bid may pass now. */
  everything = false;
  readonly pools = new Set<Pool>();
  readonly offers = new Set<Offer>();
  /** Rests that are bound no more. */
  readonly bids = new Set<Bid>();

  get isEmpty(): boolean {
    return !this.everything && this.pools.size === 0 && this.offers.size === 0 && this.bids.size === 0;
  }
}

/** One command on its way: the market, the events so far in order, and what was freed. */
export class Run {
  readonly events: Event[] = [];
  freed = new Freed();
  /** Those that ended before their time: nothing more of them is resold. */
  readonly endedLeases = new Set<Trade>();
  /** collected bids that a reopening has not applied yet. */
  readonly waiting = new Set<Bid>();

  constructor(readonly market: Market) {}

  emit(event: Event): void {
    this.events.push(event);
  }
}
