// R-26 over two shards: whatever a buyer does at once, and wherever a crash cuts the two journals, its slices and what is between them are what settlement raised.
import { BuyingPowerLowerRequested, BuyingPowerRaised, TradeSettled } from '#contracts';
import { Journal, Logger, Refusal } from '#platform';
import { decode } from '../src/codec/batch.js';
import type { Entry, Step } from '../src/entry.js';
import { freeIn, Gathering, type Holder } from '../src/gathering.js';
import { Market } from '../src/market.js';
import {
  buyer,
  buyerId,
  oneHour,
  otherBuyer,
  otherBuyerId,
  raise,
  slowBook,
  slowPoolId,
  testMarket,
  yuan,
  type TestMarket,
} from './market.js';

const seed = Number(process.env.SEED ?? 1);
const people = [
  { id: buyerId, caller: buyer },
  { id: otherBuyerId, caller: otherBuyer },
];

/** Small numbers from a seed. */
class Random {
  constructor(private state: number) {}

  /** 0 … sides − 1 */
  roll(sides: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * sides);
  }

  pick<T>(...items: T[]): T {
    return items[this.roll(items.length)]!;
  }

  oneIn(sides: number): boolean {
    return this.roll(sides) === 0;
  }
}

/** Both sides of a participant's money, as far as one shard's journal tells. */
interface Cut {
  readonly total: number;
  readonly raised: number;
  /** Withdrawn, and paid for trades. */
  readonly gone: number;
  /** Amounts given to the other, by number from 1; of others 0. */
  readonly given: readonly number[];
  /** Number of the last slice of the other that was taken. */
  readonly taken: number;
  /** Number of the last slice that the other is known to have taken. */
  readonly known: number;
}

class Replayed implements Holder {
  readonly market = Market.empty();
  readonly isEnding = false;
  readonly cuts = new Map(people.map(({ id }) => [id, [{ total: 0, raised: 0, gone: 0, given: [], taken: 0, known: 0 }] as Cut[]]));

  constructor(readonly shard: number) {}

  async submit(entries: readonly Entry[]): Promise<Step[]> {
    return entries.map((entry) => this.apply(this.market.time, entry));
  }

  async submitOne(entry: Entry): Promise<Step> {
    return this.apply(this.market.time, entry);
  }

  apply(time: number, entry: Entry): Step {
    const step = this.market.apply(this.market.sequence + 1, time, entry, false);
    for (const [id, cuts] of this.cuts) cuts.push(this.cutAfter(id, cuts.at(-1)!, step));
    return step;
  }

  private cutAfter(id: number, before: Cut, { entry, events }: Step): Cut {
    let { raised, gone, given } = before;
    for (const event of events) {
      if (!('participantId' in event)) continue;
      const isOwn = event.participantId === id;
      if (event.kind === 'BuyingPowerRaised' && isOwn) raised += (entry.command as { amount: number }).amount;
      if (event.kind === 'TradeReleased' && isOwn) gone += event.cost;
      if (event.kind !== 'BuyingPowerLowered' || !event.accepted) continue;
      if (entry.slice) given = [...given, isOwn ? event.amount : 0];
      else if (isOwn) gone += event.amount;
    }
    const known = entry.command.kind === 'LowerBuyingPower' && entry.slice ? entry.slice.number : before.known;
    const total = this.market.isOpen ? (this.market.engine.buyingPower(id)?.total ?? 0) : 0;
    return { total, raised, gone, given, taken: this.market.slices.takenOf(1 - this.shard), known };
  }
}

/** What left the one and has not entered the other. */
const underWay = (one: Cut, other: Cut): number =>
  one.given.slice(other.taken).reduce((sum, amount) => sum + amount, 0) +
  other.given.slice(one.taken).reduce((sum, amount) => sum + amount, 0);

/** A shard takes only what was given, and is known to have taken only what it took. */
const isReachable = (one: Cut, other: Cut): boolean =>
  [
    [one, other],
    [other, one],
  ].every(([from, to]) => to!.taken <= from!.given.length && from!.known <= to!.taken);

async function replay(market: TestMarket, shard: number, until = Infinity): Promise<Replayed> {
  const replayed = new Replayed(shard);
  for await (const { payload } of market.exchange.running.get(Journal).read(shard)) {
    const { time, entries } = decode(payload);
    for (const entry of entries) if (replayed.market.sequence < until) replayed.apply(time, entry);
  }
  return replayed;
}

class History {
  private readonly random = new Random(seed);
  private readonly raises = new Map(people.map(({ id }) => [id, 1]));
  private names = 0;
  readonly bids: { bidId: number; caller: typeof buyer }[] = [];
  readonly trades: number[] = [];
  answered = 0;

  constructor(readonly market: TestMarket) {}

  /** Several at once, in no order. */
  async together(count: number): Promise<void> {
    const calls = Array.from({ length: count }, () => this.one());
    for (const outcome of await Promise.allSettled(calls)) {
      if (outcome.status === 'fulfilled') this.answered++;
      else if (!(outcome.reason instanceof Refusal)) throw outcome.reason;
    }
  }

  private one(): Promise<unknown> {
    const { random, market } = this;
    const { caller } = random.pick(...people);
    const bid = this.bids.length ? random.pick(...this.bids) : undefined;
    if (bid && random.oneIn(4)) return market.scheduling(bid.caller).cancelBid({ bidId: bid.bidId });
    if (bid && random.oneIn(5)) return market.scheduling(bid.caller).amendBid({ bidId: bid.bidId, units: 1 + random.roll(60) });
    return this.place(caller);
  }

  private async place(caller: typeof buyer): Promise<void> {
    const units = 1 + this.random.roll(40);
    const terms = this.random.oneIn(2) ? oneHour({ units }) : oneHour({ units, books: [slowBook] });
    const { bidId, trades } = await this.market.scheduling(caller).submitBid({ terms }, { idempotencyKey: `bid-${++this.names}` });
    this.bids.push({ bidId, caller });
    this.trades.push(...trades.map(({ tradeId }) => tradeId));
  }

  async money(): Promise<void> {
    const { random, market } = this;
    const { id: participantId } = random.pick(...people);
    const number = this.raises.get(participantId)! + 1;
    this.raises.set(participantId, number);
    await market.tell(BuyingPowerRaised, { ...raise(participantId, number), amount: BigInt(random.roll(200) * yuan + 1) });
    const amount = BigInt((1 + random.roll(300)) * yuan);
    await market.tell(BuyingPowerLowerRequested, BuyingPowerLowerRequested.create({ participantId, requestId: `${++this.names}`, amount }));
    const tradeId = this.trades.pop();
    if (tradeId) await market.tell(TradeSettled, TradeSettled.create({ tradeId, buyerId: participantId, money: BigInt(yuan) }));
  }

  /** Every connection of the market is lost, whatever is on the way. */
  async cut(): Promise<void> {
    const { market } = this;
    const calls = this.together(8);
    await market.database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()',
    );
    await calls;
    for (;;) {
      try {
        await market.scheduling(buyer).listBids({});
        return;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

it(`slices and what is between them are what settlement raised, at every cut of the journals (SEED=${seed})`, async () => {
  const market = await testMarket({ shards: 'INTELLIGENT/H100' });
  try {
    const history = new History(market);
    await market.offer(20);
    await market.offer(20, 2 * yuan, slowPoolId);
    const taken = () => market.shards.all[0]!.market.slices.takenOf(1) + market.shards.all[1]!.market.slices.takenOf(0);
    // How many calls a lost connection leaves unanswered is chance: it goes on until there is enough to cut.
    for (let round = 0; round < 8 || history.answered < 60 || taken() < 12; round++) {
      await history.together(6);
      await history.money();
      await history.cut();
      if (round % 4 === 3) await market.exchange.restart();
    }
    const shards = [await replay(market, 0), await replay(market, 1)] as const;
    let reachable = 0;
    const between: { id: number; at: [number, number]; sum: number }[] = [];
    for (const { id } of people)
      for (const [i, one] of shards[0].cuts.get(id)!.entries())
        for (const [j, other] of shards[1].cuts.get(id)!.entries()) {
          if (!isReachable(one, other)) continue;
          reachable++;
          const sum = one.total + other.total + underWay(one, other);
          // Both shards were open, which their first commands say, before one gave to the other.
          if (i > 0 && j > 0 && underWay(one, other) > 0) between.push({ id, at: [i, j], sum });
          if (sum !== one.raised + other.raised - one.gone - other.gone) throw new Error(`${sum} is not what is raised`);
        }
    expect(reachable).toBeGreaterThan(1_000);
    expect(between.length).toBeGreaterThan(100);

    // A start from any of them brings what is between, once.
    const random = new Random(seed);
    for (let tries = 0; tries < 20; tries++) {
      const { id, at, sum } = random.pick(...between);
      const cut = [await replay(market, 0, at[0]), await replay(market, 1, at[1])];
      const gathering = new Gathering(cut, market.exchange.running.get(Logger));
      for (const start of [1, 2]) {
        await gathering.deliverAll();
        const now = cut.map(({ cuts }) => cuts.get(id)!.at(-1)!) as [Cut, Cut];
        expect([start, underWay(...now), now[0].total + now[1].total]).toEqual([start, 0, sum]);
      }
      expect(cut.every((shard) => freeIn(shard, id) >= 0)).toBe(true);
    }
  } finally {
    await market.exchange.stop();
  }
}, 300_000);
