// Every command as the journal keeps it. A kind's number, the order of its fields and what each is where it is not written stand for ever: a
// new kind takes the next number, a new field goes behind the others of its record.
import type { RemoteLeft, Subsidy } from '#matching-engine';
import type { Entry } from '../entry.js';
import { always, flag, list, number, optional, text, type Field } from './field.js';
import { partial, record, type Shape } from './record.js';
import { bidTerms, offerTerms } from './terms.js';

type Command = Entry['command'];
type Kind = Command['kind'];
type Of<K extends Kind> = Extract<Command, { kind: K }>;

const zero = number(0);
const numbers = list(zero);
const order = { orderId: zero, participantId: zero };
const placed = { ...order, sessionId: zero };

/** A command without its line here does not compile. */
const kinds: { readonly [K in Kind]: readonly [number: number, fields: Omit<Shape<Of<K>>, 'kind'>] } = {
  OpenMarket: [1, { horizonSlots: zero, shard: optional(zero) }],
  ConfirmLease: [2, { tradeNumber: zero, endpoint: text, sealedSecret: text }],
  SubmitBid: [
    3,
    {
      ...placed,
      terms: record(bidTerms),
      subsidy: optional(record<Subsidy>({ amount: zero, rateBp: zero })),
      reserveUntil: optional(zero),
    },
  ],
  SubmitOffer: [4, { ...placed, poolId: zero, tier: number(0), terms: record(offerTerms) }],
  AmendBid: [5, { ...order, changes: partial(bidTerms) }],
  AmendOffer: [6, { ...order, changes: partial(offerTerms) }],
  CancelOrder: [7, order],
  CancelAll: [8, { participantId: zero }],
  FailLease: [9, { tradeNumber: zero }],
  AdvanceTime: [10, {}],
  RulesVersion: [11, { version: zero }],
  RaiseBuyingPower: [12, { participantId: zero, number: zero, amount: zero }],
  LowerBuyingPower: [13, { participantId: zero, requestId: text, amount: zero }],
  SettleTrade: [14, { tradeNumber: zero, cost: zero }],
  SetParticipant: [
    15,
    { participantId: zero, group: zero, active: flag, ordersPerSecond: zero, orderValueCap: zero, tradableClasses: list(number(0)) },
  ],
  SetSite: [
    16,
    {
      siteId: zero,
      active: flag,
      region: zero,
      zone: number(0),
      securityGrade: zero,
      greenShareBp: zero,
      pueMilli: zero,
      platform: optional(zero),
    },
  ],
  SetPool: [
    17,
    {
      poolId: zero,
      siteId: zero,
      providerId: zero,
      active: flag,
      computeClass: number(0),
      modelId: zero,
      unit: number(0),
      nodes: zero,
      unitsPerNode: zero,
      memoryGib: zero,
      interconnect: number(0),
      tflopsFp16Milli: zero,
      tflopsFp32Milli: zero,
      domestic: flag,
      reliabilityBp: zero,
    },
  ],
  SetLink: [
    18,
    {
      linkId: zero,
      active: flag,
      ownerId: zero,
      fromRegion: zero,
      toRegion: zero,
      toSiteId: zero,
      roundTripUs: zero,
      pricePerGb: zero,
    },
  ],
  DefineBook: [
    19,
    {
      bookId: zero,
      computeClass: number(0),
      modelId: zero,
      unit: number(0),
      tier: number(0),
      referencePrice: zero,
      collarBp: zero,
      bandBp: zero,
    },
  ],
  PoolHealthChanged: [20, { poolId: zero, health: number(0) }],
  NodeHealthChanged: [21, { poolId: zero, nodes: numbers, health: number(0) }],
  DrainChanged: [22, { poolId: zero, nodes: numbers, draining: flag }],
  HaltBook: [23, { bookId: zero }],
  ReopenBook: [24, { bookId: zero, referencePrice: zero }],
  StopMarket: [25, {}],
  StartMarket: [26, {}],
  EndSessions: [27, { first: zero, last: zero }],
  CurtailSite: [28, { siteId: zero, from: zero, to: zero }],
  ResellLease: [29, { ...placed, tradeNumber: zero, terms: record(offerTerms) }],
  ExtendLease: [30, { ...placed, tradeNumber: zero, durationSlots: zero, limitPrice: zero }],
  EndLease: [31, { participantId: zero, tradeNumber: zero }],
  OverdueChanged: [32, { participantId: zero, overdue: flag }],
  TakeSlice: [33, { participantId: zero, amount: zero }],
  DecideReservation: [34, { tradeNumber: zero, made: flag, supplyStillThere: flag }],
  RemoteLeasesLost: [35, { leases: list(record<RemoteLeft>({ tradeNumber: zero, left: zero })) }],
};

/** A bid's number, and its fields in the order of their bits. */
export const submitBid = { number: kinds.SubmitBid[0], names: ['kind', ...Object.keys(kinds.SubmitBid[1])] };

const records = Object.entries(kinds).map(([kind, [number, fields]]) => {
  const field = record<Command>({ kind: always(kind), ...fields } as unknown as Shape<Command>);
  return { kind: kind as Kind, number, field };
});
const byKind = new Map(records.map((one) => [one.kind, one]));
const byNumber = new Map(records.map((one) => [one.number, one.field]));

/** The number of its kind, then its record. */
export const command: Field<Command> = {
  none: { kind: 'AdvanceTime' },
  isNone: () => false,
  write: (sink, value) => {
    const { number, field } = byKind.get(value.kind)!;
    sink.number(number);
    field.write(sink, value);
  },
  read: (source) => {
    const number = source.number();
    const field = byNumber.get(number);
    if (!field) throw new Error(`journal_version_must_be_known: command ${number}`);
    return field.read(source);
  },
};
