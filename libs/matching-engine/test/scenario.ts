import {
  ComputeClass,
  everyHour,
  everyWeekday,
  Interconnect,
  Placement,
  Preference,
  ResidencyZone,
  slotMs,
  Tier,
  TimeInForce,
  Unit,
} from '#domain';
import type {
  BidTerms,
  Command,
  CreateEngine,
  EngineOptions,
  Event,
  EventKind,
  MatchingEngine,
  OfferTerms,
  RestoreEngine,
  SetParticipant,
  SetPool,
  SetSite,
  Subsidy,
} from '#matching-engine';
import { createFastEngine, noConstraints, restoreFastEngine } from '#matching-engine';
import { createNaiveEngine, restoreNaiveEngine } from '#naive-engine';

/** Every engine that must obey the rules; each rule's table runs on all of them. */
export const engines: readonly (readonly [name: string, create: CreateEngine, restore: RestoreEngine])[] = [
  ['naive', createNaiveEngine, restoreNaiveEngine],
  ['fast', createFastEngine, restoreFastEngine],
];

/** Slot that holds the scenarios' first instant: a Monday, 00:00 in Shanghai. */
export const origin = 20_003 * 96 - 32;
export const yuan = 1_000_000;
export const buyer = 1;
export const rival = 2;
export const provider = 11;
export const other = 12;
export const chongqing = 500_000;
export const hami = 650_500;

export const bidTerms: BidTerms = {
  books: [1],
  floor: null,
  units: 1,
  precision: null,
  perNode: 1,
  durationSlots: 4,
  earliest: origin + 4,
  latest: origin + 8,
  hours: everyHour,
  weekdays: everyWeekday,
  limitPrice: 10 * yuan,
  timeInForce: TimeInForce.GTC,
  goodTill: null,
  allOrNone: false,
  minUnits: 0,
  placement: Placement.ANYWHERE,
  together: false,
  constraints: noConstraints,
  standby: null,
  preference: Preference.CHEAPEST,
  demandRegion: 0,
  dataGb: 0,
  noticeSlots: 0,
};

export const offerTerms: OfferTerms = {
  units: 8,
  from: origin,
  to: origin + 96,
  minSlots: 1,
  ask: 5 * yuan,
  timeInForce: TimeInForce.GTC,
  goodTill: null,
};

type Kind<K extends Command['kind']> = Omit<Extract<Command, { kind: K }>, 'kind' | 'sequence' | 'time'>;

/**
 * A small market: buyers 1 and 2, providers 11 and 12, each of its own group and rich; site 1 of provider 11 in Chongqing with pool 1, site 2 of provider 12 in Hami
 * with pool 2; both pools are 2 nodes of 8 cards; book 1 is FIRM, book 2 RECLAIMABLE.
 */
export class Scenario {
  readonly engine: MatchingEngine;
  /** Slots since the origin; may be a fraction. */
  now = 0;
  private sequence = 0;
  private lastOrder = 100;

  constructor(create: CreateEngine, facts = true, options: EngineOptions = {}) {
    this.engine = create(options);
    if (facts) this.setUp();
  }

  send<K extends Command['kind']>(kind: K, command: Kind<K>): Event[] {
    this.sequence++;
    return this.engine.apply({ kind, ...command, sequence: this.sequence, time: Math.round((origin + this.now) * slotMs) } as Command);
  }

  /** Lets time pass to so many slots after the origin. */
  at(slots: number): Event[] {
    this.now = slots;
    return this.send('AdvanceTime', {});
  }

  /** with the next order id. */
  subsidised(subsidy: Subsidy, terms: Partial<BidTerms> = {}, participantId = buyer): Event[] {
    return this.send('SubmitBid', { orderId: ++this.lastOrder, participantId, sessionId: 0, terms: { ...bidTerms, ...terms }, subsidy });
  }

  bid(terms: Partial<BidTerms> = {}, participantId = buyer, orderId = ++this.lastOrder, sessionId = 0): Event[] {
    return this.send('SubmitBid', { orderId, participantId, sessionId, terms: { ...bidTerms, ...terms } });
  }

  offer(
    terms: Partial<OfferTerms> = {},
    poolId = 1,
    tier: Tier = Tier.FIRM,
    participantId = poolId === 2 ? other : provider,
    orderId = ++this.lastOrder,
    sessionId = 0,
  ): Event[] {
    return this.send('SubmitOffer', { orderId, participantId, sessionId, poolId, tier, terms: { ...offerTerms, ...terms } });
  }

  /** Id of the last order that was given one. */
  get last(): number {
    return this.lastOrder;
  }

  participant(participantId: number, change: Partial<Kind<'SetParticipant'>> = {}): Event[] {
    return this.send('SetParticipant', { ...participantFact, participantId, group: participantId, ...change });
  }

  site(siteId: number, change: Partial<Kind<'SetSite'>> = {}): Event[] {
    return this.send('SetSite', { ...siteFact, siteId, ...change });
  }

  pool(poolId: number, change: Partial<Kind<'SetPool'>> = {}): Event[] {
    return this.send('SetPool', { ...poolFact, poolId, ...change });
  }

  link(linkId: number, change: Partial<Kind<'SetLink'>> = {}): Event[] {
    return this.send('SetLink', {
      linkId,
      active: true,
      ownerId: 21,
      fromRegion: chongqing,
      toRegion: hami,
      toSiteId: 0,
      roundTripUs: 20_000,
      pricePerGb: 10_000,
      ...change,
    });
  }

  /** nodes: of pool 1. */
  setUp(nodes = 2): void {
    for (const participantId of [buyer, rival, provider, other]) {
      this.participant(participantId);
      this.send('RaiseBuyingPower', { participantId, number: 1, amount: 1_000_000 * yuan });
    }
    this.site(1);
    this.site(2, { region: hami });
    this.pool(1, { nodes });
    this.pool(2, { siteId: 2, providerId: other });
    const product = { computeClass: ComputeClass.INTELLIGENT, modelId: 1, unit: Unit.CARD, referencePrice: 0, collarBp: 0, bandBp: 0 };
    this.send('DefineBook', { bookId: 1, tier: Tier.FIRM, ...product });
    this.send('DefineBook', { bookId: 2, tier: Tier.RECLAIMABLE, ...product });
  }
}

const participantFact: Omit<SetParticipant, 'kind' | 'sequence' | 'time'> = {
  participantId: 0,
  group: 0,
  active: true,
  ordersPerSecond: 1_000_000,
  orderValueCap: 9_000_000_000_000_000,
  tradableClasses: [],
};

const siteFact: Omit<SetSite, 'kind' | 'sequence' | 'time'> = {
  siteId: 0,
  active: true,
  region: chongqing,
  zone: ResidencyZone.DOMESTIC,
  securityGrade: 3,
  greenShareBp: 5_000,
  pueMilli: 1_250,
};

const poolFact: Omit<SetPool, 'kind' | 'sequence' | 'time'> = {
  poolId: 0,
  siteId: 1,
  providerId: provider,
  active: true,
  computeClass: ComputeClass.INTELLIGENT,
  modelId: 1,
  unit: Unit.CARD,
  nodes: 2,
  unitsPerNode: 8,
  memoryGib: 80,
  interconnect: Interconnect.ROCE,
  tflopsFp16Milli: 312_000,
  tflopsFp32Milli: 19_500,
  domestic: false,
  reliabilityBp: 9_900,
};

export const of = <K extends EventKind>(events: readonly Event[], kind: K): Extract<Event, { kind: K }>[] =>
  events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);

export const kinds = (events: readonly Event[]): EventKind[] => events.map((event) => event.kind);

/** Trades as `units@price`, with `+start` in slots since the origin and the pool. */
export const trades = (events: readonly Event[]): string[] =>
  of(events, 'TradeMade').map((trade) => `${trade.units}@${trade.price / yuan}+${trade.from - origin}#${trade.poolId}`);

/** Why the last order, amend or command was refused; null where it was not. */
export const refusal = (events: readonly Event[]): string | null => {
  const refused = events.find(
    (event) => event.kind === 'OrderRefused' || event.kind === 'ChangeRefused' || event.kind === 'CommandRefused',
  );
  return refused?.rejection ?? null;
};
