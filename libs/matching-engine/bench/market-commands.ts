import {
  DataClass,
  everyHour,
  everyWeekday,
  Health,
  Interconnect,
  Placement,
  Preference,
  ResidencyZone,
  slotMs,
  slotsPerDay,
  Tier,
  TimeInForce,
} from '#domain';
import type { BidTerms, Command, Constraints, SubmitBid } from '#matching-engine';
import { noConstraints } from '#matching-engine';
import { Dice } from '../test/random-commands.js';
import { Facts } from './facts.js';

type Unstamped = Command extends infer C ? (C extends Command ? Omit<C, 'sequence' | 'time'> : never) : never;

const models = 20;
const modelsOfSite = 4;
const regions = Array.from({ length: 31 }, (_, i) => 110_000 + 10_000 * i);
const origin = 20_003 * slotsPerDay;
export const marketTime = origin * slotMs;
/** What is sold of these counts as near. */
export const nearDays = 7;
export const nearFrom = origin + 2;
export const nearTo = origin + slotsPerDay * nearDays;
const buyers = 10_000;
const firstProvider = 20_001;
const providers = 500;
/** Micro-yuan a unit-hour of the dearest model; others are a share of it. */
const dearest = 40_000_000;

/** A national market of so many pools, and what happens in it; the same for a seed. */
export class MarketCommands {
  private readonly dice: Dice;
  private readonly facts = new Facts(marketTime);
  private sequence = 0;
  private time = marketTime;
  private lastOrder = 0;
  private readonly bids: number[] = [];
  private readonly offers: { orderId: number; pool: number }[] = [];
  private readonly lost: number[] = [];

  constructor(
    readonly pools: number,
    seed = 42,
  ) {
    this.dice = new Dice(seed);
  }

  /** Participants, sites, pools of 4 to 16 nodes of 8, books of both tiers and a link between any two regions. */
  setUp(): Command[] {
    const { facts, dice } = this;
    for (let id = 1; id <= buyers; id++) facts.participant(id, 5_000_000_000_000_000);
    for (let i = 0; i < providers; i++) facts.participant(firstProvider + i);
    const { sites } = this;
    for (let site = 1; site <= sites; site++) {
      facts.site(site, {
        region: regions[site % regions.length]!,
        zone: dice.oneIn(20) ? ResidencyZone.BONDED : ResidencyZone.DOMESTIC,
        securityGrade: 1 + dice.roll(5),
        greenShareBp: 500 * dice.roll(21),
        pueMilli: 1_100 + 25 * dice.roll(20),
      });
    }
    for (let pool = 1; pool <= this.pools; pool++) {
      facts.pool(pool, 1 + (pool % sites), this.ownerOf(pool), {
        modelId: this.modelOf(pool),
        nodes: 4 + dice.roll(13),
        unitsPerNode: 8,
        memoryGib: dice.pick(32, 64, 80, 96),
        interconnect: dice.pick(...Object.values(Interconnect)),
        domestic: dice.oneIn(3),
        reliabilityBp: 9_000 + 50 * dice.roll(20),
      });
    }
    for (let model = 1; model <= models; model++) {
      facts.book(2 * model - 1, model, Tier.FIRM);
      facts.book(2 * model, model, Tier.RECLAIMABLE);
    }
    let link = 0;
    for (const from of regions)
      for (const to of regions) if (from !== to) facts.link(++link, from, to, 1_000 * (5 + dice.roll(40)), 1_000 * dice.roll(50));
    this.sequence = facts.sequence;
    return facts.commands;
  }

  private ownerOf(pool: number): number {
    return firstProvider + (pool % providers);
  }

  /** A site holds four models, which follow from its number. */
  private modelOf(pool: number): number {
    const site = pool % this.sites;
    return 1 + ((7 * site + 3 * (Math.floor(pool / this.sites) % modelsOfSite)) % models);
  }

  private get sites(): number {
    return Math.max(31, Math.floor(this.pools / 40));
  }

  private stamp(command: Unstamped): Command {
    return { ...command, sequence: ++this.sequence, time: this.time };
  }

  private asked(model: number): number {
    return Math.round((dearest * (model + 4)) / (models + 4) / 100) * 100;
  }

  /** isWide: for all of the near days, and much of the pool. */
  offer(pool = 1 + this.dice.roll(this.pools), isWide = false): Command {
    const { dice } = this;
    const orderId = ++this.lastOrder;
    const day = isWide ? 0 : dice.roll(4) === 0 ? dice.roll(60) : dice.roll(8);
    const from = origin + 2 + slotsPerDay * day;
    const model = this.modelOf(pool);
    this.offers.push({ orderId, pool });
    return this.stamp({
      kind: 'SubmitOffer',
      orderId,
      participantId: this.ownerOf(pool),
      sessionId: 0,
      poolId: pool,
      tier: Tier.FIRM,
      terms: {
        units: isWide ? dice.pick(32, 64, 96) : dice.pick(8, 16, 32, 64),
        from,
        to: from + slotsPerDay * ((isWide ? nearDays : 1) + dice.roll(20)),
        minSlots: dice.pick(1, 4, 16),
        ask: Math.round((this.asked(model) * (80 + dice.roll(60))) / 100 / 100) * 100,
        timeInForce: TimeInForce.GTC,
        goodTill: null,
      },
    });
  }

  /** reach: percent of the model's usual price that the bid pays at most. A third choose their start; half name one to five constraints. */
  bid(reach = 70 + this.dice.roll(90), isPlain = false): Command {
    const { dice } = this;
    const orderId = ++this.lastOrder;
    const model = 1 + dice.roll(models);
    const perNode = dice.pick(1, 1, 2, 4, 8);
    const durationSlots = dice.pick(4, 8, 24, 48, 96);
    const earliest = origin + 4 + dice.roll(slotsPerDay * 7);
    const roam = dice.oneIn(3) && !isPlain ? slotsPerDay * (1 + dice.roll(30)) : 0;
    this.bids.push(orderId);
    const terms: BidTerms = {
      books: [2 * model - 1],
      floor: null,
      units: perNode * (1 + dice.roll(4)),
      precision: null,
      perNode,
      durationSlots,
      earliest,
      latest: earliest + durationSlots + roam,
      hours: everyHour,
      weekdays: everyWeekday,
      limitPrice: Math.round((this.asked(model) * reach) / 100 / 100) * 100,
      timeInForce: TimeInForce.GTC,
      goodTill: null,
      allOrNone: !isPlain && dice.oneIn(10),
      minUnits: 0,
      placement: isPlain
        ? Placement.ANYWHERE
        : dice.pick(Placement.ANYWHERE, Placement.ANYWHERE, Placement.ANYWHERE, Placement.ONE_POOL, Placement.ONE_SITE),
      together: false,
      constraints: isPlain || dice.oneIn(2) ? noConstraints : this.constraints(),
      standby: null,
      preference: isPlain
        ? Preference.CHEAPEST
        : dice.pick(
            Preference.CHEAPEST,
            Preference.CHEAPEST,
            Preference.CHEAPEST,
            Preference.GREENEST,
            Preference.NEAREST,
            Preference.EARLIEST,
          ),
      demandRegion: dice.pick(...regions),
      dataGb: 0,
      noticeSlots: 0,
    };
    return this.stamp({ kind: 'SubmitBid', orderId, participantId: this.buyerOf(orderId), sessionId: 0, terms });
  }

  /** One that buys some nodes for days, at any price that is asked, and does not rest. */
  largeBid(): Command {
    const { dice } = this;
    const bid = this.bid(150, true) as SubmitBid;
    const durationSlots = dice.pick(48, 96, 192, 288);
    const earliest = origin + 4 + dice.roll(slotsPerDay * nearDays - durationSlots);
    const when = { durationSlots, earliest, latest: earliest + durationSlots };
    const terms = { ...bid.terms, ...when, perNode: 8, units: 8 * (2 + dice.roll(8)), timeInForce: TimeInForce.IOC };
    this.bids.pop();
    return { ...bid, terms };
  }

  private buyerOf(orderId: number): number {
    return 1 + (orderId % buyers);
  }

  private constraints(): Constraints {
    const { dice } = this;
    const some = (): Partial<Constraints> =>
      dice.pick<Partial<Constraints>>(
        { regionsIn: [dice.pick(...regions), dice.pick(...regions), dice.pick(...regions), dice.pick(...regions)] },
        { roundTripUsMax: 1_000 * (20 + dice.roll(30)) },
        { zone: ResidencyZone.DOMESTIC },
        { securityGradeMin: 1 + dice.roll(3) },
        { dataClass: DataClass.IMPORTANT },
        { domesticOnly: true },
        { memoryGibMin: 64 },
        { interconnect: dice.pick(Interconnect.ROCE, Interconnect.INFINIBAND) },
        { greenShareBpMin: 1_000 * dice.roll(8) },
        { pueMilliMax: 1_250 + 50 * dice.roll(6) },
        { reliabilityBpMin: 9_300 },
      );
    return Object.assign({}, noConstraints, ...Array.from({ length: 1 + dice.roll(5) }, some)) as Constraints;
  }

  /** 40 % bids, 20 % offers, 30 % cancels, 8 % amends, 2 % losses and returns of pools. */
  next(): Command {
    const { dice } = this;
    if (dice.oneIn(100)) this.time++;
    const roll = dice.roll(100);
    if (roll < 40) return this.bid();
    if (roll < 60) return this.offer();
    if (roll < 90) return this.cancel();
    return roll < 98 ? this.amend() : this.health();
  }

  private cancel(): Command {
    const { dice, bids, offers } = this;
    if (dice.oneIn(2)) {
      const orderId = taken(bids, dice);
      return this.stamp({ kind: 'CancelOrder', orderId, participantId: this.buyerOf(orderId) });
    }
    const { orderId, pool } = taken(offers, dice);
    return this.stamp({ kind: 'CancelOrder', orderId, participantId: this.ownerOf(pool) });
  }

  private amend(): Command {
    const { dice } = this;
    if (dice.oneIn(2)) {
      const orderId = this.bids[dice.roll(this.bids.length)]!;
      const changes = dice.oneIn(2) ? { units: 8 } : { limitPrice: 100_000 * (100 + dice.roll(300)) };
      return this.stamp({ kind: 'AmendBid', orderId, participantId: this.buyerOf(orderId), changes });
    }
    const { orderId, pool } = this.offers[dice.roll(this.offers.length)]!;
    const changes = dice.oneIn(2)
      ? { units: 8 }
      : { ask: Math.round((this.asked(this.modelOf(pool)) * (80 + dice.roll(60))) / 100 / 100) * 100 };
    return this.stamp({ kind: 'AmendOffer', orderId, participantId: this.ownerOf(pool), changes });
  }

  private health(): Command {
    const { dice, lost } = this;
    if (lost.length > 0 && dice.oneIn(2)) return this.stamp({ kind: 'PoolHealthChanged', poolId: taken(lost, dice), health: Health.OK });
    const poolId = 1 + dice.roll(this.pools);
    lost.push(poolId);
    return this.stamp({ kind: 'PoolHealthChanged', poolId, health: Health.LOST });
  }
}

/** One of the list, which then has it no more. */
function taken<T>(list: T[], dice: Dice): T {
  const at = dice.roll(list.length);
  const one = list[at]!;
  list[at] = list.at(-1)!;
  list.pop();
  return one;
}
