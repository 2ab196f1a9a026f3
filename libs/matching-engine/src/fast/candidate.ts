import { countedPerPflops, Preference } from '#domain';
import { spreadOf } from './amounts.js';
import type { Link } from './links-index.js';
import type { Market, Pool } from './market.js';
import { Offer } from './records.js';
import { passesConstraints, passesFloor, roundTrip } from './reach.js';
import type { Wish } from './wish.js';

export const missingLinkUs = 1_000_000_000;

/** An offer within reach of a wish, whatever the start. */
export interface Candidate {
  readonly offer: number;
  readonly pool: Pool;
  /** number of the lease that it resells; 0: it sells of the pool. */
  readonly lease: number;
  readonly link: Link | null;
  /** What one group of perNode units counts. */
  readonly group: number;
  /** R-11a: transfer spread over the wish's hours, micro-yuan a unit-hour or PFLOPS-hour. */
  readonly spread: number;
  /** less is first. */
  readonly key: number;
  readonly ask: number;
  readonly priority: number;
}

/** Which offers are candidates of a wish, whatever else there is. What was found out of a pool is kept for a matching. */
export class Tests {
  constructor(private readonly market: Market) {}

  /** What was found about pools before is of another wish. */
  renew(): void {
    this.market.matchings++;
  }

  /** The offer as a candidate, or null: window, constraints, self-trade, limit and place. Its book is one of the wish's, floor aside, and open. */
  test(wish: Wish, offer: number): Candidate | null {
    if (!this.testOffer(wish, offer)) return null;
    const pool = this.poolOf(offer);
    return this.testPool(wish, pool) ? this.candidate(wish, offer, pool) : null;
  }

  /** The same of an offer that columns have told to be of such a key and to pass what the wish asks of pools. The wish is in units and transfers nothing. */
  testKnown(wish: Wish, offer: number, key: number): Candidate | null {
    if (!this.testOffer(wish, offer)) return null;
    const pool = this.poolOf(offer);
    const { data } = this.market.tables.offers;
    const ask = data[offer + Offer.ASK]!;
    if (!pool.trades || ask > wish.limit) return null;
    const lease = data[offer + Offer.LEASE]!;
    return { offer, pool, lease, link: null, group: wish.perNode, spread: 0, key, ask, priority: data[offer + Offer.PRIORITY]! };
  }

  private poolOf(offer: number): Pool {
    return this.market.pools[this.market.tables.offers.data[offer + Offer.POOL]!]!;
  }

  private testOffer(wish: Wish, offer: number): boolean {
    const { data } = this.market.tables.offers;
    const { first, last } = wish.starts;
    const { duration } = wish;
    const from = data[offer + Offer.FROM]!;
    const to = data[offer + Offer.TO]!;
    if (last < first || (first > from ? first : from) + duration > (last + duration < to ? last + duration : to)) return false;
    if (duration < data[offer + Offer.MIN_SLOTS]! || data[offer + Offer.GOOD_TILL]! <= wish.time || data[offer + Offer.COLLECTED] === 1)
      return false;
    if (wish.until > 0 && data[offer + Offer.LEASE] !== 0) return false;
    const participant = data[offer + Offer.PARTICIPANT]!;
    return !(participant === wish.participant || this.market.participants.groups[participant] === wish.group);
  }

  /** True where the pool sells and passes what the wish asks of pools; found out once a matching. */
  testPool(wish: Wish, pool: Pool): boolean {
    if (pool.tested !== this.market.matchings) {
      pool.tested = this.market.matchings;
      pool.link = this.needsLink(wish) ? this.market.links.to(wish.ties.demandRegion, pool.site) : null;
      pool.passes = pool.trades && this.passes(wish, pool);
    }
    return pool.passes;
  }

  private candidate(wish: Wish, offer: number, pool: Pool): Candidate | null {
    const { data } = this.market.tables.offers;
    const { link } = pool;
    const group = wish.perNode * (wish.precision === 0 ? 1 : pool.tflopsMilli(wish.precision));
    if (group === 0) return null;
    const spread = spreadOf(wish.dataGb, link, wish.gbUnits, wish.duration);
    const ask = data[offer + Offer.ASK]!;
    if (!isWithinLimit(wish, ask, spread, group)) return null;
    const lease = data[offer + Offer.LEASE]!;
    return { offer, pool, lease, link, group, spread, key: keyOf(wish, pool, link), ask, priority: data[offer + Offer.PRIORITY]! };
  }

  /** Links cost a look-up; most bids transfer nothing and do not ask how far it is. */
  private needsLink({ dataGb, preference, ties }: Wish): boolean {
    return dataGb !== 0 || preference === Preference.NEAREST || ties.constraints.roundTripUsMax !== null;
  }

  private passes(wish: Wish, pool: Pool): boolean {
    const { fact, site } = pool;
    const { ties } = wish;
    if (fact.unitsPerNode < wish.perNode || fact.poolId === wish.withoutPool) return false;
    if ((wish.pool !== 0 && fact.poolId !== wish.pool) || (wish.site !== 0 && site.siteId !== wish.site)) return false;
    if ((wish.region !== 0 && site.region !== wish.region) || (wish.away !== 0 && !wish.isAway(pool))) return false;
    if (wish.platform >= 0 && pool.platform !== wish.platform) return false;
    if (pool.platform > 0 && (ties.localOnly || wish.standby !== 0)) return false;
    if (ties.floor && !passesFloor(pool, ties.floor)) return false;
    if (!ties.constrains && wish.dataGb === 0) return true;
    const { link } = pool;
    if (wish.dataGb !== 0 && !link && site.region !== ties.demandRegion) return false;
    return passesConstraints(ties, pool, link);
  }
}

/** R-11's key: CHEAPEST and EARLIEST have none. */
function keyOf(wish: Wish, pool: Pool, link: Link | null): number {
  if (wish.preference === Preference.GREENEST) return -pool.site.greenShareBp;
  if (wish.preference !== Preference.NEAREST) return 0;
  const us = roundTrip(wish.ties.demandRegion, pool.site.region, link);
  return us < 0 ? missingLinkUs : us;
}

/** the delivered price is within the limit; a PFLOPS bid's by cross-multiplying. */
export function isWithinLimit(wish: Wish, ask: number, spread: number, group: number): boolean {
  if (wish.precision === 0) return ask + spread <= wish.limit;
  return BigInt(ask) * BigInt(wish.perNode * countedPerPflops) <= (BigInt(wish.limit) - BigInt(spread)) * BigInt(group);
}

/** Transfer and the turning of PFLOPS do not change the order by ask. */
export const isLevel = ({ precision, dataGb }: Wish): boolean => precision === 0 && dataGb === 0;

/** by delivered price. */
export function compareDelivered(wish: Wish, a: Candidate, b: Candidate): number {
  if (wish.precision === 0) return a.ask + a.spread - (b.ask + b.spread);
  const scale = BigInt(wish.perNode * countedPerPflops);
  const left = (BigInt(a.ask) * scale + BigInt(a.spread) * BigInt(a.group)) * BigInt(b.group);
  const right = (BigInt(b.ask) * scale + BigInt(b.spread) * BigInt(b.group)) * BigInt(a.group);
  return left < right ? -1 : left > right ? 1 : 0;
}

export const byKeyPriceTime =
  (wish: Wish) =>
  (a: Candidate, b: Candidate): number =>
    a.key - b.key || compareDelivered(wish, a, b) || a.priority - b.priority;

/** Ask and transfer of a unit-hour, for people to read: a PFLOPS-hour's transfer is turned into the unit's, rounded down. */
export const deliveredPrice = (wish: Wish, { ask, spread, group }: Candidate): number =>
  ask + (wish.precision === 0 ? spread : Number((BigInt(spread) * BigInt(group)) / BigInt(wish.perNode * countedPerPflops)));
