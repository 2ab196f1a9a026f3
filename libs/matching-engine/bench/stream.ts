import { everyHour, everyWeekday, Placement, Preference, slotMs, Tier, TimeInForce } from '#domain';
import type { AmendBid, AmendOffer, BidTerms, CancelOrder, Command, OfferTerms, SubmitBid, SubmitOffer } from '#matching-engine';
import { noConstraints } from '#matching-engine';
import { Dice } from '../test/random-commands.js';

// The book benchmark's messages: made beforehand as numbers, and turned into each engine's own form a chunk at a time, outside of what is timed. The engine's commands are
// objects that are used again for the next chunk, so that what is timed is the engine and not the collector's work for the client.

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

type Open<T> = { -readonly [K in keyof T]: T[K] };
type Given<C extends { readonly terms: object }> = Open<Omit<C, 'terms'>> & { terms: Open<C['terms']> };
type Changing<C extends { readonly changes: object }> = Open<Omit<C, 'changes'>> & { changes: Open<C['changes']> };

/** One command of each kind, as often as they are needed. */
class Form {
  private readonly stamp = { orderId: 2 ** 51 + 0.5, participantId: 0, sequence: 0, time: startTime };
  readonly bid: Given<SubmitBid> = { kind: 'SubmitBid', sessionId: 0, terms: { ...bidTerms }, ...this.stamp };
  readonly offer: Given<SubmitOffer> = {
    kind: 'SubmitOffer',
    sessionId: 0,
    poolId: 0,
    tier: Tier.FIRM,
    terms: { ...offerTerms },
    ...this.stamp,
  };
  readonly cancel: Open<CancelOrder> = { kind: 'CancelOrder', ...this.stamp };
  readonly limit: Changing<AmendBid> = { kind: 'AmendBid', changes: { limitPrice: 0 }, ...this.stamp };
  readonly bidUnits: Changing<AmendBid> = { kind: 'AmendBid', changes: { units: 0 }, ...this.stamp };
  readonly ask: Changing<AmendOffer> = { kind: 'AmendOffer', changes: { ask: 0 }, ...this.stamp };
  readonly offerUnits: Changing<AmendOffer> = { kind: 'AmendOffer', changes: { units: 0 }, ...this.stamp };
}

/** Says messages of a stream as the engine's commands; sequences follow those of the set-up. */
export class Commands {
  private readonly forms: Form[];
  private readonly said: Command[] = [];

  constructor(
    private readonly stream: Stream,
    private readonly sequenceBefore: number,
    chunk: number,
  ) {
    this.forms = Array.from({ length: chunk }, () => new Form());
  }

  /** The messages from `first` on, a chunk at most; until the next call. */
  from(first: number): readonly Command[] {
    this.said.length = 0;
    const end = Math.min(first + this.forms.length, this.stream.length);
    for (let i = first; i < end; i++) this.said.push(this.say(this.forms[i - first]!, i));
    return this.said;
  }

  private say(form: Form, i: number): Command {
    const { kinds, orders, prices, units, buys } = this.stream;
    const order = orders[i]!;
    const isBuy = buys[order] === 1;
    const price = prices[i]!;
    const kind = kinds[i]!;
    const participantId = isBuy ? buyers[order % owners]! : providers[order % owners]!;
    let command: Open<SubmitBid | SubmitOffer | CancelOrder | AmendBid | AmendOffer>;
    if (kind === Kind.BID || kind === Kind.IOC) {
      command = form.bid;
      form.bid.terms.units = units[i]!;
      form.bid.terms.limitPrice = price;
      form.bid.terms.timeInForce = kind === Kind.IOC ? TimeInForce.IOC : TimeInForce.GTC;
    } else if (kind === Kind.OFFER) {
      command = form.offer;
      form.offer.poolId = participantId;
      form.offer.terms.units = units[i]!;
      form.offer.terms.ask = price;
    } else if (kind === Kind.CANCEL) command = form.cancel;
    else if (kind === Kind.AMEND_PRICE) {
      command = isBuy ? form.limit : form.ask;
      form.limit.changes.limitPrice = price;
      form.ask.changes.ask = price;
    } else {
      command = isBuy ? form.bidUnits : form.offerUnits;
      form.bidUnits.changes.units = units[i]!;
      form.offerUnits.changes.units = units[i]!;
    }
    command.orderId = idOf(order);
    command.participantId = participantId;
    command.sequence = this.sequenceBefore + 1 + i;
    command.time = startTime + Math.floor(i / 1_000);
    return command;
  }
}
