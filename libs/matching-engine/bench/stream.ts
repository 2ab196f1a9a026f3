import { everyHour, everyWeekday, Placement, Preference, slotMs, Tier, TimeInForce } from '#domain';
import type { BidTerms, Command, OfferTerms } from '#matching-engine';
import { noConstraints } from '#matching-engine';
import { Dice } from '../test/random-commands.js';

// The book benchmark's messages: made beforehand as numbers, and turned into each engine's own form a chunk at a time, outside of what is timed.

export const scenarios = ['static', 'normal', 'swing25', 'swing40', 'crash'] as const;
export type Scenario = (typeof scenarios)[number];

const counts = { fresh: 1_000_000, cancel: 823_000, amend: 177_000 };
const tick = 10_000;
const middle = 5_000_000;

export const Kind = { BID: 0, IOC: 1, OFFER: 2, CANCEL: 3, AMEND_PRICE: 4, AMEND_UNITS: 5 } as const;

/** One message each: what, of which order, at which price (micro-yuan) and for how many units. Orders are numbered from 1; odd ones buy. */
export interface Stream {
  readonly length: number;
  readonly kinds: Uint8Array;
  readonly orders: Int32Array;
  readonly prices: Float64Array;
  readonly units: Uint8Array;
  readonly buys: Uint8Array;
}

/** Where the price's middle is when a share of all messages has gone by. */
function middleAt(scenario: Scenario, share: number, walk: number): number {
  if (scenario === 'static') return middle;
  if (scenario === 'normal') return middle + walk * tick;
  if (scenario === 'swing25') return middle * (1 + 0.25 * Math.sin(share * 40 * Math.PI));
  if (scenario === 'swing40') return middle * (1 + 0.4 * Math.sin(share * 40 * Math.PI));
  return middle * (1 - 0.5 * share);
}

export function streamOf(scenario: Scenario, seed: number, scale = 1): Stream {
  const dice = new Dice(seed);
  const left = { fresh: counts.fresh * scale, cancel: counts.cancel * scale, amend: counts.amend * scale };
  const length = left.fresh + left.cancel + left.amend;
  const stream = {
    length,
    kinds: new Uint8Array(length),
    orders: new Int32Array(length),
    prices: new Float64Array(length),
    units: new Uint8Array(length),
    buys: new Uint8Array(1 + left.fresh),
  };
  const live: number[] = [];
  let lastOrder = 0;
  let walk = 0;
  for (let i = 0; i < length; i++) {
    walk += dice.roll(3) - 1;
    const around = middleAt(scenario, i / length, walk / 50);
    // Mostly behind the middle, by up to fifty ticks; one in ten crosses it.
    const priceOf = (buys: boolean): number => {
      const away = dice.oneIn(10) ? -dice.roll(5) : 1 + Math.min(dice.roll(50), dice.roll(50));
      return Math.max(1, Math.round(around / tick) + (buys ? -away : away)) * tick;
    };
    const roll = dice.roll(left.fresh + left.cancel + left.amend);
    stream.units[i] = 1 + dice.roll(10);
    if (roll < left.fresh || live.length === 0) {
      left.fresh--;
      const order = ++lastOrder;
      const buys = dice.oneIn(2);
      stream.buys[order] = buys ? 1 : 0;
      const isIoc = buys && dice.roll(100) < 30;
      stream.kinds[i] = isIoc ? Kind.IOC : buys ? Kind.BID : Kind.OFFER;
      stream.orders[i] = order;
      stream.prices[i] = isIoc ? (Math.round(around / tick) + dice.roll(5)) * tick : priceOf(buys);
      if (!isIoc) live.push(order);
      continue;
    }
    const at = dice.roll(live.length);
    const order = live[at]!;
    stream.orders[i] = order;
    if (roll < left.fresh + left.cancel) {
      left.cancel--;
      stream.kinds[i] = Kind.CANCEL;
      live[at] = live.at(-1)!;
      live.pop();
    } else {
      left.amend--;
      stream.kinds[i] = dice.oneIn(2) ? Kind.AMEND_PRICE : Kind.AMEND_UNITS;
      stream.prices[i] = priceOf(stream.buys[order] === 1);
    }
  }
  return stream;
}

// ---- as commands

const first = 20_003 * 96;
export const startTime = first * slotMs;
const [from, to] = [first + 96, first + 100];
const owners = 100;
export const buyers = Array.from({ length: owners }, (_, i) => 1 + i);
export const providers = Array.from({ length: owners }, (_, i) => 1_001 + i);

const bidTerms: BidTerms = {
  books: [1],
  floor: null,
  units: 1,
  precision: null,
  perNode: 1,
  durationSlots: to - from,
  earliest: from,
  latest: to,
  hours: everyHour,
  weekdays: everyWeekday,
  limitPrice: 0,
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
const offerTerms: OfferTerms = { units: 1, from, to, minSlots: to - from, ask: 0, timeInForce: TimeInForce.GTC, goodTill: null };

/** An id of 52 bits, as the gateway's are: spread, and different for each order. */
const idOf = (order: number): number => ((order * 2_654_435_761) % 2 ** 31) * 2 ** 20 + order;

/** Message i as the engine's command; sequences follow those of the set-up. */
export function commandOf({ kinds, orders, prices, units, buys }: Stream, i: number, sequenceBefore: number): Command {
  const stamp = { sequence: sequenceBefore + 1 + i, time: startTime + Math.floor(i / 1_000) };
  const order = orders[i]!;
  const orderId = idOf(order);
  const isBuy = buys[order] === 1;
  const participantId = isBuy ? buyers[order % owners]! : providers[order % owners]!;
  const price = prices[i]!;
  switch (kinds[i]!) {
    case Kind.BID:
      return {
        kind: 'SubmitBid',
        orderId,
        participantId,
        sessionId: 0,
        terms: { ...bidTerms, units: units[i]!, limitPrice: price },
        ...stamp,
      };
    case Kind.IOC: {
      const terms = { ...bidTerms, units: units[i]!, limitPrice: price, timeInForce: TimeInForce.IOC };
      return { kind: 'SubmitBid', orderId, participantId, sessionId: 0, terms, ...stamp };
    }
    case Kind.OFFER: {
      const terms = { ...offerTerms, units: units[i]!, ask: price };
      return { kind: 'SubmitOffer', orderId, participantId, sessionId: 0, poolId: participantId, tier: Tier.FIRM, terms, ...stamp };
    }
    case Kind.CANCEL:
      return { kind: 'CancelOrder', orderId, participantId, ...stamp };
    case Kind.AMEND_PRICE:
      if (isBuy) return { kind: 'AmendBid', orderId, participantId, changes: { limitPrice: price }, ...stamp };
      return { kind: 'AmendOffer', orderId, participantId, changes: { ask: price }, ...stamp };
    default:
      if (isBuy) return { kind: 'AmendBid', orderId, participantId, changes: { units: units[i]! }, ...stamp };
      return { kind: 'AmendOffer', orderId, participantId, changes: { units: units[i]! }, ...stamp };
  }
}
