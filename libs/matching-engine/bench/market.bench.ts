// Commands a second and how long each takes in a national market: 1,000,000 servers in 100,000 pools, 1,000,000 resting orders, 90 days of slots.
import type { Command, CommandKind, FastEngine } from '#matching-engine';
import { createFastEngine, EventBuffer } from '#matching-engine';
import { restoreNaiveEngine } from '#naive-engine';
import { Histogram } from './histogram.js';
import { MarketCommands, nearDays, nearFrom, nearTo } from './market-commands.js';

const full = Number(process.env.POOLS ?? 100_000);
const rounds = Number(process.env.ROUNDS ?? 5);
const commandsOfARound = Number(process.env.COMMANDS ?? 50_000);
const batchOf = 64;
/** Commands that the naive engine applies too: at a hundredth of the size, and at full size. */
const few = Number(process.env.AGREE ?? 10_000);
const fewer = Number(process.env.AGREE_FULL ?? 50);

interface Market {
  readonly engine: FastEngine;
  readonly source: MarketCommands;
  readonly resting: number;
  /** Share of the pools' unit-slots of the near days. */
  readonly sold: number;
}

/** Ten orders a pool rest: offers, then bids below the asks. Between them bids that do not rest buy until 70 % of the near days is sold. */
export function open(pools: number, progress: (text: string) => void): Market {
  const source = new MarketCommands(pools);
  const engine = createFastEngine({ orders: 7 * pools });
  const events = new EventBuffer();
  const send = (command: Command): void => {
    events.clear();
    engine.applyTo(command, events);
  };
  let [all, sold] = [0, 0];
  for (const command of source.setUp()) {
    send(command);
    if (command.kind === 'SetPool') all += command.nodes * command.unitsPerNode * (nearTo - nearFrom);
  }
  for (let i = 0; i < 5 * pools; i++) send(source.offer(1 + (i % pools), i < 2 * pools));
  progress('offers rest');
  for (let i = 0; i < 30 * pools && sold < 0.7 * all; i++) {
    if (i % (2 * pools) === 0) progress(`${percent(sold / all)} % of the near days is sold`);
    send(source.largeBid());
    for (const event of events.decode()) {
      if (event.kind === 'TradeMade') sold += event.units * Math.max(0, Math.min(event.to, nearTo) - Math.max(event.from, nearFrom));
    }
  }
  progress('bids come to rest');
  for (let i = 0; i < 5 * pools; i++) send(source.bid(40 + (i % 30), i % 2 === 0));
  return { engine, source, resting: 10 * pools, sold: sold / all };
}

interface Measured {
  readonly perSecond: number;
  readonly bid: Histogram;
  readonly offer: Histogram;
}

/** Open loop at half of the rate that the commands themselves allow: a command waits for those before it, so that what a slow one delays counts too. */
function measure({ engine, source }: Market): Measured {
  const took = new Float64Array(commandsOfARound);
  const kinds: CommandKind[] = [];
  const events = new EventBuffer();
  let all = 0;
  while (kinds.length < commandsOfARound) {
    // As they come to a market: a batch has just been read when it is applied.
    const batch = Array.from({ length: Math.min(batchOf, commandsOfARound - kinds.length) }, () => source.next());
    let before = performance.now();
    for (const command of batch) {
      events.clear();
      engine.applyTo(command, events);
      const now = performance.now();
      took[kinds.length] = now - before;
      all += now - before;
      before = now;
      kinds.push(command.kind);
    }
  }
  const every = (2 * all) / commandsOfARound;
  const [bid, offer] = [new Histogram(), new Histogram()];
  let free = 0;
  kinds.forEach((kind, i) => {
    const arrival = i * every;
    free = Math.max(free, arrival) + took[i]!;
    const us = 1000 * (free - arrival);
    if (kind === 'SubmitBid') bid.add(us);
    if (kind === 'SubmitOffer') offer.add(us);
  });
  return { perSecond: 2000 / every, bid, offer };
}

/** A round that warms up: answers the share of its bids that were filled at once. */
function warmUp({ engine, source }: Market): number {
  let [bids, filled] = [0, 0];
  for (let i = 0; i < commandsOfARound; i++) {
    const command = source.next();
    const events = engine.apply(command);
    if (command.kind !== 'SubmitBid') continue;
    bids++;
    if (events.some((event) => event.kind === 'OrderFilled' && event.orderId === command.orderId)) filled++;
  }
  return filled / bids;
}

/** On how many of so many commands a naive engine, started from the same state, gives the same events. */
function alike({ engine, source }: Market, count: number, progress: (text: string) => void): number {
  const naive = restoreNaiveEngine(engine.snapshot());
  let same = 0;
  let told = performance.now();
  for (let i = 0; i < count; i++) {
    const command = source.next();
    if (JSON.stringify(naive.apply(command)) === JSON.stringify(engine.apply(command))) same++;
    if (performance.now() < told + 10_000) continue;
    told = performance.now();
    progress(`the naive engine agrees on ${same} of ${i + 1} commands`);
  }
  return same;
}

const percent = (share: number) => Math.round(100 * share);

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

/** @param progress is told what runs */
export function run(progress: (text: string) => void) {
  const results: { metric: string; value: number; unit: string; method: string }[] = [];
  const push = (metric: string, value: number, unit: string, method: string) =>
    results.push({ metric, value: Math.round(value * 100) / 100, unit, method });
  const p = (measured: readonly Measured[], of: 'bid' | 'offer', share: number) => median(measured.map((each) => each[of].at(share)));
  const measureAll = (pools: number, name: string) => {
    const market = open(pools, (text) => progress(`${name}: ${text}`));
    const filled = warmUp(market);
    const measured = Array.from({ length: rounds }, (_, i) => {
      progress(`${name}: round ${i + 1}`);
      return measure(market);
    });
    const rates = measured.map(({ perSecond }) => Math.round(perSecond));
    progress(
      `${name}: ${percent(market.sold)} % of the near days sold, ${percent(filled)} % of bids filled, ${rates.join(', ')} commands/s`,
    );
    const how = `${pools} pools, ${market.resting} orders sent to rest, 90 days, ${percent(market.sold)} % of the next ${nearDays} days sold; 40 % bids, of which ${percent(filled)} % fill at once, 20 % offers, 30 % cancels, 8 % amends, 2 % losses and returns; median of ${rounds} rounds of ${commandsOfARound} after a warm-up`;
    const openLoop = `open loop at half of the measured rate, waiting included; ${how}`;
    return { market, measured, rates, how, openLoop };
  };
  /** Its market is gone afterwards: the full one is to have the process for itself. */
  const measureSmall = (part: number, name: string): Market => {
    const { market, measured, openLoop } = measureAll(Math.floor(full / part), name);
    push(`bid_p50_us_${name}`, p(measured, 'bid', 0.5), 'µs', openLoop);
    return market;
  };
  measureSmall(10, 'tenth');
  const same = alike(measureSmall(100, 'hundredth'), few, progress);
  const { market, measured, rates, how, openLoop } = measureAll(full, 'full');
  push('commands_per_second', median(rates), '1/s', how);
  push('bid_p50_us', p(measured, 'bid', 0.5), 'µs', openLoop);
  push('bid_p99_us', p(measured, 'bid', 0.99), 'µs', openLoop);
  push('bid_p999_us', p(measured, 'bid', 0.999), 'µs', openLoop);
  push('offer_p99_us', p(measured, 'offer', 0.99), 'µs', openLoop);
  push('rss_mib', process.memoryUsage().rss / 2 ** 20, 'MiB', 'of the process with the full market, client included');
  progress('the naive engine is asked at full size');
  const asked = `${few} commands at a hundredth of the size and ${fewer} at full size`;
  results.push({
    metric: 'agreement',
    value: (same + alike(market, fewer, progress)) / (few + fewer),
    unit: 'share',
    method: `of ${asked}, those on which the naive engine, started from the same state, gives the same events`,
  });
  return results;
}
