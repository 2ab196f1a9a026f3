import {
  ComputeClass,
  DataClass,
  everyHour,
  everyWeekday,
  Health,
  Interconnect,
  Placement,
  Precision,
  Preference,
  ResidencyZone,
  slotMs,
  Standby,
  Tier,
  TimeInForce,
  Unit,
} from '#domain';
import type { BidTerms, Command, Constraints, Event, OfferTerms, PieceReserved, Subsidy, TradeMade } from '#matching-engine';
import { createFastEngine, noConstraints } from '#matching-engine';
import { Dice } from './dice.js';
import { Facts, partners, pools, regions } from './random-facts.js';
import type { Unstamped } from './random-facts.js';
import { remoteLoss } from './random-losses.js';
import { bidTerms, origin, yuan } from './scenario.js';

export { Dice } from './dice.js';

/** Rules that come about seldom of themselves. */
export type SeldomRule = 'R-7a' | 'R-17' | 'R-18' | 'R-35';

/** Which of the nasty things may come; all where not said. */
export interface Leanings {
  /** bids by PFLOPS. */
  readonly pflops?: boolean;
  /** Half of the commands are made for this rule. */
  readonly toward?: SeldomRule | null;
}

const buyers = [1, 2, 3, 4];
const providers = [11, 12, 13, ...partners];
/**
 * A market that is the same for every seed, then `count` commands. Taking any of them out leaves a sequence that may be applied.
 * @param apply answers each command with its events, by which the writer knows which leases there are; an engine of its own where not given
 */
export function randomCommands(
  seed: number,
  count: number,
  leanings: Leanings = {},
  apply?: (command: Command) => readonly Event[],
): Command[] {
  const own = createFastEngine();
  return new Writer(seed, leanings, apply ?? ((command) => own.apply(command))).write(count);
}

class Writer {
  private readonly dice: Dice;
  private readonly facts: Facts;
  private readonly commands: Command[] = [];
  private time = origin * slotMs;
  private isStopped = false;
  private lastOrder = 0;
  private readonly trades: TradeMade[] = [];
  private readonly pieces: PieceReserved[] = [];
  private readonly bids: number[] = [];
  private readonly offers: number[] = [];
  /** Of those that are not by their id. */
  private readonly owners = new Map<number, number>();
  private readonly raises = new Map<number, number>();

  constructor(
    seed: number,
    private readonly leanings: Leanings,
    private readonly apply: (command: Command) => readonly Event[],
  ) {
    this.dice = new Dice(seed);
    this.facts = new Facts(this.dice);
  }

  write(count: number): Command[] {
    this.setUp();
    this.facts.isSettingUp = false;
    for (let i = 0; i < count; i++) {
      this.passTime();
      this.push(this.next());
    }
    return this.commands;
  }

  private push(command: Unstamped): void {
    const stamped = { ...command, sequence: this.commands.length + 1, time: this.time };
    this.commands.push(stamped);
    for (const event of this.apply(stamped)) {
      if (event.kind === 'TradeMade') this.trades.push(event);
      if (event.kind === 'PieceReserved') this.pieces.push(event);
    }
  }

  private setUp(): void {
    for (const participantId of [...buyers, ...providers]) {
      this.push(this.facts.participant(participantId, true));
      if (buyers.includes(participantId) || partners.includes(participantId)) this.push(this.raise(participantId, 6_000 * yuan));
    }
    for (const siteId of [1, 2, 3, 4, 5]) this.push(this.facts.site(siteId));
    for (const { poolId } of pools.map(([poolId]) => ({ poolId }))) this.push(this.facts.pool(poolId));
    for (const [bookId, modelId, tier] of [
      [1, 1, Tier.FIRM],
      [2, 1, Tier.RECLAIMABLE],
      [3, 2, Tier.FIRM],
      [4, 2, Tier.RECLAIMABLE],
    ] as const) {
      this.push({
        kind: 'DefineBook',
        bookId,
        computeClass: ComputeClass.INTELLIGENT,
        modelId,
        unit: Unit.CARD,
        tier,
        referencePrice: bookId === 3 ? 5 * yuan : 0,
        collarBp: bookId === 3 ? 6_000 : 0,
        bandBp: bookId === 1 ? 6_000 : bookId === 3 ? 5_000 : 0,
      });
    }
    for (const linkId of [1, 2, 3]) this.push(this.facts.link(linkId));
  }

  /** Mostly none or little; sometimes to a slot's very boundary, sometimes far. */
  private passTime(): void {
    const { dice } = this;
    if (dice.oneIn(4)) this.time += dice.roll(slotMs / 8);
    if (dice.oneIn(30)) this.time = (Math.floor(this.time / slotMs) + 1) * slotMs - dice.roll(2);
    if (dice.oneIn(100)) this.time += dice.roll(6) * slotMs;
    if (dice.oneIn(1_500)) this.time += 86_400_000;
  }

  private next(): Unstamped {
    const { dice } = this;
    const { toward } = this.leanings;
    if (toward && dice.oneIn(2)) return this.leaning(toward);
    const roll = dice.roll(100);
    if (roll < 36) return this.bid();
    if (roll < 58) return this.offer();
    if (roll < 66) return this.amendBid();
    if (roll < 70) return this.amendOffer();
    if (roll < 72) return this.lease();
    if (roll < 73) return this.reserveHere();
    if (roll < 77) return this.cancel();
    if (roll < 84) return this.health();
    if (roll < 87) return this.drain();
    if (roll < 90) return { kind: 'SettleTrade', tradeNumber: 1 + dice.roll(1 + this.commands.length / 4), cost: dice.roll(3) * yuan };
    if (dice.oneIn(8)) return this.decide();
    if (dice.oneIn(12)) return remoteLoss(dice, this.trades, this.time);
    if (roll < 92) return { kind: 'FailLease', tradeNumber: 1 + dice.roll(1 + this.commands.length / 4) };
    if (roll < 94) return this.money();
    if (roll < 96) return this.fact();
    if (roll < 99) return this.control();
    return dice.pick<Unstamped>(
      { kind: 'AdvanceTime' },
      { kind: 'CancelAll', participantId: dice.pick(...buyers, ...providers) },
      { kind: 'RulesVersion', version: 1 },
    );
  }

  /** Ids that were used before come again now and then (R-10a). */
  private newOrder(known: number[]): number {
    if (known.length > 0 && this.dice.oneIn(25)) return this.known(known)!;
    known.push(++this.lastOrder);
    return this.lastOrder;
  }

  /** Mostly a young order. */
  private known<T>(among: readonly T[]): T | undefined {
    const { dice } = this;
    return among.at(-1 - dice.roll(Math.min(among.length, dice.oneIn(4) ? among.length : 10)));
  }

  /** Owner of an order: fixed by its id, so that amends find it. */
  private ownerOf(orderId: number, among: readonly number[]): number {
    return this.owners.get(orderId) ?? among[orderId % among.length]!;
  }

  private slot(): number {
    return Math.floor(this.time / slotMs) + this.dice.roll(12);
  }

  /** mostly none; else one of the last few. */
  private session(): number {
    const { dice } = this;
    return dice.oneIn(3) ? 1 + Math.floor(this.commands.length / 40) + dice.roll(3) : 0;
  }

  private price(): number {
    const { dice } = this;
    return dice.pick(2, 3, 3, 5, 5, 8) * yuan + (dice.oneIn(4) ? 100 * dice.roll(3) : 0);
  }

  private bid(): Unstamped {
    const orderId = this.newOrder(this.bids);
    const bid = { orderId, participantId: this.ownerOf(orderId, buyers), sessionId: this.session(), terms: this.bidTerms() };
    return this.dice.oneIn(5) ? { kind: 'SubmitBid', ...bid, subsidy: this.subsidy() } : { kind: 'SubmitBid', ...bid };
  }

  /** a partner reserves for a buyer of its own; mostly as it may. */
  private reserveHere(): Unstamped {
    const { dice } = this;
    const bid = this.bid() as Extract<Unstamped, { kind: 'SubmitBid' }>;
    const participantId = dice.pick(...partners);
    this.owners.set(bid.orderId, participantId);
    const whole = { timeInForce: TimeInForce.FOK, goodTill: null, standby: null, allOrNone: dice.oneIn(2) };
    const terms = { ...bid.terms, ...(dice.oneIn(12) ? {} : whole) };
    return { ...bid, participantId, terms, reserveUntil: this.time + dice.roll(3 * slotMs) };
  }

  /** mostly of a young piece; some never are. */
  private decide(): Unstamped {
    const { dice } = this;
    const tradeNumber = this.known(this.pieces)?.tradeNumber ?? 1;
    return { kind: 'DecideReservation', tradeNumber, made: !dice.oneIn(3), supplyStillThere: dice.oneIn(2) };
  }

  /** odd amounts and rates, so that shares are rounded. */
  private subsidy(): Subsidy {
    const { dice } = this;
    return { amount: 1 + dice.roll(dice.pick(10, 20 * yuan)), rateBp: dice.pick(1, 777, 3333, 5000, 9999, 10_000) };
  }

  private bidTerms(): BidTerms {
    const { dice } = this;
    const perNode = dice.pick(1, 1, 1, 2, 4, 8);
    const durationSlots = 1 + dice.roll(5);
    const earliest = this.slot() - dice.roll(3);
    const timeInForce = dice.pick(TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTD, TimeInForce.IOC, TimeInForce.FOK);
    const precision = this.leanings.pflops !== false && dice.oneIn(6) ? dice.pick(Precision.FP16, Precision.FP32) : null;
    const units = precision === null ? perNode * (1 + dice.roll(Math.ceil(12 / perNode))) : 1 + dice.roll(4);
    const named = !dice.oneIn(6);
    const standby = dice.oneIn(8) ? dice.pick(Standby.SITE, Standby.REGION) : null;
    return {
      ...bidTerms,
      books: named ? dice.pick([1], [1], [1], [3], [2], [2], [2], [4], [1, 2], [1, 3], [1, 2, 3, 4]) : [],
      floor: named ? null : this.floor(),
      units,
      precision,
      perNode,
      durationSlots,
      earliest,
      latest: dice.oneIn(8) ? 0 : earliest + durationSlots + (dice.oneIn(2) ? dice.roll(10) : 0),
      hours: dice.oneIn(10) ? 0xff_0fff : everyHour,
      weekdays: dice.oneIn(20) ? 0x5f : everyWeekday,
      limitPrice: dice.pick(this.price(), 5 * yuan, 8 * yuan) * (precision === null ? 1 : 4),
      timeInForce,
      goodTill: timeInForce === TimeInForce.GTD ? this.time + dice.roll(8) * slotMs : null,
      allOrNone: standby !== null || dice.oneIn(8),
      minUnits: dice.oneIn(8) ? dice.roll(units + 1) : 0,
      placement: dice.pick(
        Placement.ANYWHERE,
        Placement.ANYWHERE,
        Placement.ANYWHERE,
        Placement.ONE_POOL,
        Placement.ONE_SITE,
        Placement.ONE_REGION,
      ),
      together: dice.oneIn(8),
      constraints: dice.oneIn(3) ? this.constraints() : noConstraints,
      standby,
      preference: dice.pick(Preference.CHEAPEST, Preference.CHEAPEST, Preference.GREENEST, Preference.NEAREST, Preference.EARLIEST),
      demandRegion: dice.oneIn(40) ? 0 : dice.pick(...regions),
      dataGb: dice.oneIn(3) ? dice.pick(1, 7, 100) : 0,
      noticeSlots: dice.pick(0, 0, 1, 4),
      ...(dice.oneIn(12) && { localOnly: true as const }),
    };
  }

  /** Plain bids that meet plain offers, so that reclaims, leases of one's own and second fills come about often. */
  private leaning(rule: SeldomRule): Unstamped {
    const { dice } = this;
    if (rule === 'R-18' && dice.oneIn(3)) return this.lease();
    if (rule === 'R-35' && dice.oneIn(8)) return remoteLoss(dice, this.trades, this.time);
    if (rule === 'R-35' && dice.oneIn(3)) return dice.oneIn(3) ? this.reserveHere() : this.decide();
    if (rule === 'R-17' && dice.oneIn(40)) return this.curtail();
    const isFirm = rule !== 'R-17' || dice.oneIn(2);
    if (dice.oneIn(3)) {
      const offer = this.offer() as Extract<Unstamped, { kind: 'SubmitOffer' }>;
      const ask = isFirm ? dice.pick(3, 5, 6) * yuan : 2 * yuan;
      return { ...offer, tier: isFirm ? Tier.FIRM : Tier.RECLAIMABLE, terms: { ...offer.terms, ask, units: dice.pick(4, 8, 16) } };
    }
    const bid = this.bid() as Extract<Unstamped, { kind: 'SubmitBid' }>;
    const books = isFirm ? dice.pick([1], [1], [3], [1, 3]) : dice.pick([2], [2], [4]);
    const isDouble = rule === 'R-7a' && !dice.oneIn(4);
    const plain = { books, floor: null, precision: null, constraints: noConstraints, limitPrice: (isFirm ? 8 : 3) * yuan, minUnits: 0 };
    const units = bid.terms.perNode * (1 + dice.roll(Math.ceil(8 / bid.terms.perNode)));
    const terms = { ...bid.terms, ...plain, units, earliest: bid.terms.earliest + 2, latest: 0 };
    return { ...bid, terms: isDouble ? { ...terms, allOrNone: true, standby: dice.pick(Standby.SITE, Standby.REGION) } : terms };
  }

  private floor(): BidTerms['floor'] {
    const { dice } = this;
    return {
      computeClass: ComputeClass.INTELLIGENT,
      tier: dice.pick(null, Tier.FIRM),
      domesticOnly: dice.oneIn(3),
      precision: Precision.FP16,
      tflopsMilliMin: dice.pick(0, 125_000, 312_000),
      memoryGibMin: dice.pick(0, 40),
    };
  }

  private constraints(): Constraints {
    const { dice } = this;
    return {
      ...noConstraints,
      ...dice.pick<Partial<Constraints>>(
        { regionsIn: [dice.pick(...regions)] },
        { regionsOut: [dice.pick(...regions)] },
        { roundTripUsMax: dice.pick(0, 3_000, 20_000) },
        { zone: dice.pick(...Object.values(ResidencyZone)) },
        { securityGradeMin: dice.roll(5) },
        { dataClass: dice.pick(...Object.values(DataClass)) },
        { domesticOnly: true },
        { memoryGibMin: 64 },
        { interconnect: dice.pick(Interconnect.ROCE, Interconnect.INFINIBAND) },
        { greenShareBpMin: 4_000 },
        { pueMilliMax: 1_300 },
        { providersIn: [dice.pick(...providers)] },
        { providersOut: [dice.pick(...providers)] },
        { reliabilityBpMin: 9_500 },
      ),
    };
  }

  private offer(): Unstamped {
    const { dice } = this;
    const orderId = this.newOrder(this.offers);
    const participantId = providers[orderId % providers.length]!;
    const own = pools.filter(([, , providerId]) => providerId === participantId);
    const [poolId] = own[dice.roll(own.length)]!;
    return {
      kind: 'SubmitOffer',
      orderId,
      participantId,
      sessionId: this.session(),
      poolId,
      tier: dice.pick(Tier.FIRM, Tier.RECLAIMABLE),
      terms: this.offerTerms(),
    };
  }

  private offerTerms(): OfferTerms {
    const { dice } = this;
    const from = this.slot() - dice.roll(8);
    const timeInForce = dice.pick(TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTD);
    return {
      units: dice.pick(1, 4, 8, 8, 16, 16),
      from,
      to: from + 4 + dice.roll(24),
      minSlots: dice.pick(1, 1, 1, 2, 3),
      ask: this.price(),
      timeInForce,
      goodTill: timeInForce === TimeInForce.GTD ? this.time + dice.roll(8) * slotMs : null,
    };
  }

  private amendBid(): Unstamped {
    const { dice } = this;
    const orderId = this.known(this.bids) ?? 1;
    const fresh = this.bidTerms();
    const changes = dice.pick<Partial<BidTerms>>(
      { units: 1 + dice.roll(12) },
      { units: 1 + dice.roll(12) },
      { limitPrice: fresh.limitPrice },
      { durationSlots: fresh.durationSlots },
      { latest: fresh.latest },
      { earliest: fresh.earliest, latest: fresh.latest, durationSlots: fresh.durationSlots },
      { placement: fresh.placement, allOrNone: fresh.allOrNone },
      { constraints: fresh.constraints },
      { timeInForce: TimeInForce.IOC, goodTill: null },
      { dataGb: fresh.dataGb },
      { perNode: fresh.perNode, minUnits: 0 },
      {},
    );
    return { kind: 'AmendBid', orderId, participantId: this.ownerOf(orderId, buyers), changes };
  }

  private amendOffer(): Unstamped {
    const { dice } = this;
    const orderId = this.known(this.offers) ?? 1;
    const { units, from, to, ask, minSlots } = this.offerTerms();
    const changes = dice.pick<Partial<OfferTerms>>({ units }, { units: 1 }, { ask }, { from, to }, { minSlots }, {});
    return { kind: 'AmendOffer', orderId, participantId: this.ownerOf(orderId, providers), changes };
  }

  private cancel(): Unstamped {
    const [ids, owners] = this.dice.oneIn(2) ? [this.bids, buyers] : [this.offers, providers];
    const orderId = this.known(ids) ?? 1;
    return { kind: 'CancelOrder', orderId, participantId: this.ownerOf(orderId, owners) };
  }

  private health(): Unstamped {
    const { dice } = this;
    const [poolId, , , , nodes] = pools[dice.roll(pools.length)]!;
    const health = dice.pick(Health.OK, Health.OK, Health.OK, Health.OK, Health.OK, Health.SUSPECT, Health.LOST);
    if (dice.oneIn(3)) return { kind: 'PoolHealthChanged', poolId, health };
    return { kind: 'NodeHealthChanged', poolId, nodes: [dice.roll(nodes)], health };
  }

  private drain(): Unstamped {
    const { dice } = this;
    const [poolId, , , , nodes] = pools[dice.roll(pools.length)]!;
    return { kind: 'DrainChanged', poolId, nodes: dice.oneIn(3) ? [] : [dice.roll(nodes)], draining: dice.oneIn(5) };
  }

  /** of a young lease, by its buyer but for now and then. */
  private lease(): Unstamped {
    const { dice } = this;
    const made = this.known(this.trades.filter(({ to }) => to > this.time / slotMs + 1)) ?? {
      tradeNumber: 1,
      buyerId: 1,
      units: 1,
      from: 0,
      to: 1,
    };
    const { tradeNumber } = made;
    const participantId = dice.oneIn(10) ? dice.pick(...buyers) : made.buyerId;
    const sessionId = this.session();
    if (dice.oneIn(5)) return { kind: 'EndLease', participantId, tradeNumber };
    if (dice.oneIn(3)) {
      const orderId = this.newOrder(this.bids);
      this.owners.set(orderId, participantId);
      return { kind: 'ExtendLease', orderId, participantId, sessionId, tradeNumber, durationSlots: 1 + dice.roll(4), limitPrice: 8 * yuan };
    }
    const orderId = this.newOrder(this.offers);
    this.owners.set(orderId, participantId);
    return { kind: 'ResellLease', orderId, participantId, sessionId, tradeNumber, terms: this.resaleTerms(made) };
  }

  private resaleTerms(made: Pick<TradeMade, 'units' | 'from' | 'to'>): OfferTerms {
    const { dice } = this;
    const from = made.from + dice.roll(2);
    const to = made.to + (dice.oneIn(10) ? 1 : 0);
    return {
      units: 1 + dice.roll(made.units),
      from,
      to,
      minSlots: 1,
      ask: dice.pick(2, 2, 3) * yuan,
      timeInForce: TimeInForce.GTC,
      goodTill: null,
    };
  }

  /** R-23, and R-17's grid. Bands halt books of themselves, so most of it opens them again. */
  private control(): Unstamped {
    const { dice } = this;
    const bookId = dice.pick(1, 1, 1, 2, 3, 4);
    if (this.isStopped) {
      this.isStopped = false;
      return { kind: 'StartMarket' };
    }
    this.isStopped = dice.oneIn(12);
    if (this.isStopped) return { kind: 'StopMarket' };
    if (dice.oneIn(5)) return { kind: 'HaltBook', bookId };
    if (dice.oneIn(6)) return this.curtail();
    if (dice.oneIn(6)) {
      const last = 1 + Math.floor(this.commands.length / 40) + dice.roll(2);
      return { kind: 'EndSessions', first: dice.oneIn(2) ? 1 : last, last };
    }
    return { kind: 'ReopenBook', bookId, referencePrice: dice.oneIn(3) ? dice.pick(3, 5) * yuan : 0 };
  }

  private curtail(): Unstamped {
    return { kind: 'CurtailSite', siteId: 1 + this.dice.roll(5), from: this.slot(), to: this.slot() + 8 * this.dice.roll(2) };
  }

  private money(): Unstamped {
    const { dice } = this;
    if (dice.oneIn(8)) return { kind: 'OverdueChanged', participantId: dice.pick(...buyers, ...providers), overdue: dice.oneIn(4) };
    const participantId = dice.pick(...buyers);
    if (dice.oneIn(2))
      return { kind: 'LowerBuyingPower', participantId, requestId: `${this.commands.length}`, amount: (1 + dice.roll(600)) * yuan };
    if (dice.oneIn(4)) return { kind: 'TakeSlice', participantId, amount: (1 + dice.roll(300)) * yuan };
    return this.raise(participantId, (1 + dice.roll(300)) * yuan);
  }

  private raise(participantId: number, amount: number): Unstamped {
    const number = (this.raises.get(participantId) ?? 0) + 1;
    this.raises.set(participantId, number);
    return { kind: 'RaiseBuyingPower', participantId, number, amount };
  }

  private fact(): Unstamped {
    const { dice } = this;
    return dice.pick<() => Unstamped>(
      () => this.facts.participant(dice.pick(...buyers, ...providers), !dice.oneIn(8)),
      () => this.facts.participant(dice.pick(...buyers, ...providers), true),
      () => this.facts.site(1 + dice.roll(5)),
      () => this.facts.link(1 + dice.roll(3)),
      () => this.facts.pool(1 + dice.roll(8)),
    )();
  }
}
