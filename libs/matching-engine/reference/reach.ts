import { countedPerPflops, countOfOne, demandsOfDataClass, divideUp, Placement, Preference, Tier, TimeInForce } from '#domain';
import type { ParticipantId, PoolId, Region, SiteId, Slot, Time } from '#domain';
import type { BidTerms, ClassFloor } from '../src/command.js';
import type { Obstacle } from '../src/explanation.js';
import { classOf, isOfProduct } from './market.js';
import type { Bid, Book, Link, Market, Offer, Pin, Pool } from './market.js';
import { platformOf } from './waiting.js';

/** What a bid asks of one matching: its own rest, or a lost part of a lease. */
export interface Wish {
  readonly bid: Bid;
  /** Counted. */
  readonly rest: number;
  /** The least counted that this matching may take. */
  readonly need: number;
  /** When it is asked: a GTD offer is no candidate from its date on. */
  readonly time: Time;
  /** Allowed starts, ascending. */
  readonly starts: readonly Slot[];
  readonly duration: number;
  /** where the placement ties it to. 0: not tied. */
  readonly pool: PoolId;
  readonly site: SiteId;
  readonly region: Region;
  /** the pool whose provider failed the lease; 0: none. */
  readonly withoutPool: PoolId;
  /** R-7a: where the other fill is. */
  readonly withoutSites: readonly SiteId[];
  readonly withoutRegions: readonly Region[];
  /** only offers that lie on this partner's platform; 0: on this one; null: anywhere. */
  readonly platform: ParticipantId | null;
  /** what it gets is reserved until then, and sells no part of a lease; 0: it is traded. */
  readonly until: Time;
  /** only offers of this tier; null: of both. */
  readonly tier: Tier | null;
  /** an extension's nodes; null: any. */
  readonly pin: Pin | null;
}

/** An offer within reach of a wish, whatever the start. */
export interface Candidate {
  readonly offer: Offer;
  readonly pool: Pool;
  readonly link: Link | undefined;
  /** What one group of perNode units counts. */
  readonly group: number;
  /** R-11a: transfer spread over the wish's hours, micro-yuan a unit-hour or PFLOPS-hour. */
  readonly spread: number;
  /** less is first. */
  readonly key: number;
}

/** the pieces start together. */
export const startsTogether = (terms: BidTerms): boolean =>
  terms.placement !== Placement.ANYWHERE ||
  terms.together ||
  terms.allOrNone ||
  terms.minUnits > 0 ||
  terms.timeInForce === TimeInForce.FOK;

/** R-7a: how often the bid is filled. */
export const fillsOf = (terms: BidTerms): number => (terms.standby === null ? 1 : 2);

/** all or nothing at every matching. */
export const isWhole = (terms: BidTerms): boolean =>
  terms.allOrNone || terms.timeInForce === TimeInForce.FOK || terms.placement === Placement.ONE_POOL;

/** the floor is tested pool by pool. */
const passesFloor = (pool: Pool, floor: ClassFloor): boolean =>
  pool.fact.computeClass === floor.computeClass &&
  (!floor.domesticOnly || pool.fact.domestic) &&
  (floor.precision === null || pool.tflopsMilli(floor.precision) >= floor.tflopsMilliMin) &&
  pool.fact.memoryGib >= floor.memoryGibMin;

/** the books that a bid names, or that its floor opens. */
export function booksOf(market: Market, terms: BidTerms): Book[] {
  const { floor } = terms;
  if (!floor) return terms.books.flatMap((bookId) => market.books.get(bookId) ?? []);
  const pools = [...market.pools.values()].filter((pool) => passesFloor(pool, floor));
  return [...market.books.values()].filter(
    (book) => (floor.tier === null || book.tier === floor.tier) && pools.some((pool) => isOfProduct(pool.fact, book)),
  );
}

/** true for a bid that waits for one of its books. */
export const collects = (market: Market, bid: Bid): boolean => booksOf(market, bid.terms).some((book) => market.isHalted(book.bookId));

/** True where the offer is in a book of the bid. */
export function isInBooks(terms: BidTerms, offer: Offer): boolean {
  const { floor } = terms;
  if (!floor) return terms.books.includes(offer.book.bookId);
  return (floor.tier === null || offer.tier === floor.tier) && passesFloor(offer.pool, floor);
}

/** Offers of the bid's books, in no order. */
export function offersOf(market: Market, terms: BidTerms): Offer[] {
  const ids = terms.floor
    ? [...market.books.values()].filter((book) => book.computeClass === classOf(market, terms)).map((b) => b.bookId)
    : terms.books;
  return [...new Set(ids)].flatMap((bookId) => [...(market.offersOfBook.get(bookId) ?? [])]).filter((offer) => isInBooks(terms, offer));
}

const allows = (inside: readonly number[], outside: readonly number[], value: number): boolean =>
  (inside.length === 0 || inside.includes(value)) && !outside.includes(value);

/** R-11a: µs there and back; within one region without a link 0, elsewhere without a link none. */
function roundTrip(terms: BidTerms, pool: Pool, link: Link | undefined): number | null {
  if (link) return link.roundTripUs;
  return terms.demandRegion !== 0 && pool.site.region === terms.demandRegion ? 0 : null;
}

type Test = (terms: BidTerms, pool: Pool, link: Link | undefined) => boolean;

/** What a pool must pass, in the order in which it is tested (R-2a, R-7, R-11a). */
export const tests: readonly (readonly [Exclude<Obstacle, 'halted' | 'self_trade' | 'limit'>, Test])[] = [
  ['per_node', (terms, pool) => pool.fact.unitsPerNode >= terms.perNode],
  ['regions', ({ constraints: c }, pool) => allows(c.regionsIn, c.regionsOut, pool.site.region)],
  [
    'round_trip',
    (terms, pool, link) => {
      const most = terms.constraints.roundTripUsMax;
      if (most === null) return true;
      const us = roundTrip(terms, pool, link);
      return us !== null && us <= most;
    },
  ],
  ['zone', ({ constraints: c }, pool) => c.zone === null || pool.site.zone === c.zone],
  ['security_grade', ({ constraints: c }, pool) => pool.site.securityGrade >= c.securityGradeMin],
  [
    'data_class',
    ({ constraints: c }, pool) => {
      if (c.dataClass === null) return true;
      const { securityGrade, zone } = demandsOfDataClass[c.dataClass];
      return pool.site.securityGrade >= securityGrade && (zone === null || pool.site.zone === zone);
    },
  ],
  ['domestic', ({ constraints: c }, pool) => !c.domesticOnly || pool.fact.domestic],
  ['memory', ({ constraints: c }, pool) => pool.fact.memoryGib >= c.memoryGibMin],
  ['interconnect', ({ constraints: c }, pool) => c.interconnect === null || pool.fact.interconnect === c.interconnect],
  ['green_share', ({ constraints: c }, pool) => pool.site.greenShareBp >= c.greenShareBpMin],
  ['pue', ({ constraints: c }, pool) => c.pueMilliMax === null || pool.site.pueMilli <= c.pueMilliMax],
  ['providers', ({ constraints: c }, pool) => allows(c.providersIn, c.providersOut, pool.fact.providerId)],
  ['reliability', ({ constraints: c }, pool) => pool.fact.reliabilityBp >= c.reliabilityBpMin],
  ['link', (terms, pool, link) => terms.dataGb === 0 || link !== undefined || pool.site.region === terms.demandRegion],
  ['remote', (terms, pool) => platformOf(pool) === 0 || (!terms.localOnly && terms.standby === null)],
];

export const linkOf = (market: Market, terms: BidTerms, pool: Pool): Link | undefined =>
  terms.demandRegion === 0 ? undefined : market.linkTo(terms.demandRegion, pool.site);

/** */
export const isSelfTrade = (market: Market, bid: Bid, offer: Offer): boolean =>
  bid.participantId === offer.participantId || market.groupOf(bid.participantId) === market.groupOf(offer.participantId);

/** R-11a: what the link charges for so much of the bid, rounded up. */
export function transferOf({ terms, gbUnits }: Bid, link: Link | undefined, counted: number): number {
  if (!link || terms.dataGb === 0 || link.pricePerGb === 0) return 0;
  const all = gbUnits * countOfOne(terms.precision);
  return Number(divideUp(BigInt(terms.dataGb) * BigInt(link.pricePerGb) * BigInt(counted), BigInt(all)));
}

/** The bid's total, counted. */
export const countedUnits = (terms: BidTerms): number => terms.units * countOfOne(terms.precision);

function spreadOf({ terms, gbUnits }: Bid, link: Link | undefined, duration: number): number {
  if (!link || terms.dataGb === 0 || link.pricePerGb === 0) return 0;
  return Number(divideUp(4n * BigInt(terms.dataGb) * BigInt(link.pricePerGb), BigInt(gbUnits) * BigInt(duration)));
}

/** R-11's key: CHEAPEST and EARLIEST have none. */
function keyOf(terms: BidTerms, pool: Pool, link: Link | undefined): number {
  if (terms.preference === Preference.GREENEST) return -pool.site.greenShareBp;
  if (terms.preference === Preference.NEAREST) return roundTrip(terms, pool, link) ?? missingLinkUs;
  return 0;
}

const missingLinkUs = 1_000_000_000;

/** The offer as a candidate, its price and the bid's tests aside; null where the pool's measure counts nothing. */
export function candidateOf(market: Market, wish: Wish, offer: Offer): Candidate | null {
  const { terms } = wish.bid;
  const { pool } = offer;
  const link = linkOf(market, terms, pool);
  const group = terms.perNode * (terms.precision === null ? 1 : pool.tflopsMilli(terms.precision));
  return group === 0 ? null : { offer, pool, link, group, spread: spreadOf(wish.bid, link, wish.duration), key: keyOf(terms, pool, link) };
}

/** the delivered price is within the limit; a PFLOPS bid's by cross-multiplying. */
export function isWithinLimit(terms: BidTerms, { offer, group, spread }: Candidate): boolean {
  if (terms.precision === null) return offer.terms.ask + spread <= terms.limitPrice;
  const room = BigInt(terms.limitPrice) - BigInt(spread);
  return BigInt(offer.terms.ask) * BigInt(terms.perNode * countedPerPflops) <= room * BigInt(group);
}

/** by delivered price. */
export function compareDelivered(terms: BidTerms, a: Candidate, b: Candidate): number {
  if (terms.precision === null) return a.offer.terms.ask + a.spread - (b.offer.terms.ask + b.spread);
  const scale = BigInt(terms.perNode * countedPerPflops);
  const left = (BigInt(a.offer.terms.ask) * scale + BigInt(a.spread) * BigInt(a.group)) * BigInt(b.group);
  const right = (BigInt(b.offer.terms.ask) * scale + BigInt(b.spread) * BigInt(b.group)) * BigInt(a.group);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Ask and transfer of a unit-hour, for people to read: a PFLOPS-hour's transfer is turned into the unit's, rounded down. */
export const deliveredPrice = ({ precision, perNode }: BidTerms, { offer, spread, group }: Candidate): number =>
  offer.terms.ask + (precision === null ? spread : Number((BigInt(spread) * BigInt(group)) / BigInt(perNode * countedPerPflops)));

/** the offer sells leases of that length in its window, from that start; a RECLAIMABLE one none while its site is curtailed. */
export const holds = ({ terms, tier, pool: { curtailment } }: Offer, start: Slot, duration: number): boolean =>
  duration >= terms.minSlots &&
  start >= terms.from &&
  start + duration <= terms.to &&
  (tier === Tier.FIRM || !curtailment || start >= curtailment.to || start + duration <= curtailment.from);

/** where the wish is tied to. */
const isInPlace = (wish: Wish, { fact, site }: Pool): boolean =>
  (wish.pool === 0 || fact.poolId === wish.pool) &&
  (wish.site === 0 || site.siteId === wish.site) &&
  (wish.region === 0 || site.region === wish.region) &&
  (wish.platform === null || wish.platform === platformOf({ site })) &&
  fact.poolId !== wish.withoutPool &&
  !wish.withoutSites.includes(site.siteId) &&
  !wish.withoutRegions.includes(site.region);

/** Some start of the wish lies in the offer's window. */
function mayHold(wish: Wish, { terms }: Offer): boolean {
  if (terms.goodTill !== null && terms.goodTill <= wish.time) return false;
  const first = wish.starts[0];
  const last = wish.starts.at(-1);
  if (first === undefined || last === undefined) return false;
  return wish.duration >= terms.minSlots && Math.max(first, terms.from) + wish.duration <= Math.min(last + wish.duration, terms.to);
}

/** The offers within reach: constraints, self-trade, limit and place pass. In no order. */
export function candidatesOf(market: Market, wish: Wish, offers: readonly Offer[] = offersOf(market, wish.bid.terms)): Candidate[] {
  const { terms } = wish.bid;
  const passed = new Map<Pool, boolean>();
  const passes = (pool: Pool): boolean => {
    const link = linkOf(market, terms, pool);
    return isInPlace(wish, pool) && tests.every(([, test]) => test(terms, pool, link));
  };
  const candidates: Candidate[] = [];
  for (const offer of offers) {
    if (!mayHold(wish, offer) || (terms.precision === null && offer.terms.ask > terms.limitPrice)) continue;
    if (wish.tier !== null && offer.tier !== wish.tier) continue;
    if (wish.until > 0 && offer.lease) continue;
    if (offer.collected || market.isHalted(offer.book.bookId)) continue;
    if (!offer.pool.trades() || isSelfTrade(market, wish.bid, offer)) continue;
    let passing = passed.get(offer.pool);
    if (passing === undefined) passed.set(offer.pool, (passing = passes(offer.pool)));
    const candidate = passing ? candidateOf(market, wish, offer) : null;
    if (candidate && isWithinLimit(terms, candidate)) candidates.push(candidate);
  }
  return candidates;
}
