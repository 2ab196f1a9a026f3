// Commands a second and how long each takes in a national market: 1,000,000 servers in 100,000 pools, 1,000,000 resting orders, 90 days of slots.
import type { Command, FastEngine } from '#matching-engine';
import { createFastEngine, EventBuffer, restoreNaiveEngine } from '#matching-engine';
import { Histogram } from './histogram.js';
import { MarketCommands } from './market-commands.js';

const full = Number(process.env.POOLS ?? 100_000);
const rounds = Number(process.env.ROUNDS ?? 5);
const commandsOfARound = Number(process.env.COMMANDS ?? 50_000);
/** Commands that the naive engine applies too: at a hundredth of the size, and at full size. */
const few = Number(process.env.AGREE ?? 10_000);
const fewer = Number(process.env.AGREE_FULL ?? 50);

interface Market {
  readonly engine: FastEngine;
  readonly source: MarketCommands;
  readonly resting: number;
}

/** Ten orders a pool: offers first, then bids that buy most of the near days, then bids below the asks that rest. */
function open(pools: number): Market {
  const source = new MarketCommands(pools);
  const engine = createFastEngine({ orders: 12 * pools });
  const events = new EventBuffer();
  const send = (command: Command): void => {
    events.clear();
    engine.applyTo(command, events);
  };
  for (const command of source.setUp()) send(command);
  for (let i = 0; i < 5 * pools; i++) send(source.offer(1 + (i % pools)));
  for (let i = 0; i < 6 * pools; i++) send(source.bid(140, true));
  for (let i = 0; i < 5 * pools; i++) send(source.bid(40 + (i % 30), i % 2 === 0));
  return { engine, source, resting: 10 * pools };
}

interface Measured {
  readonly perSecond: number;
  readonly bid: Histogram;
  readonly offer: Histogram;
}

/** Open loop at half of the rate that the commands themselves allow: a command waits for those before it, so that what a slow one delays counts too. */
function measure({ engine, source }: Market): Measured {
  const commands = Array.from({ length: commandsOfARound }, () => source.next());
  const took = new Float64Array(commands.length);
  const events = new EventBuffer();
  const begin = performance.now();
  for (let i = 0, before = begin; i < commands.length; i++) {
    events.clear();
    engine.applyTo(commands[i]!, events);
    const now = performance.now();
    took[i] = now - before;
    before = now;
  }
  const every = (2 * (performance.now() - begin)) / commands.length;
  const [bid, offer] = [new Histogram(), new Histogram()];
  let free = 0;
  for (let i = 0; i < commands.length; i++) {
    const arrival = i * every;
    free = Math.max(free, arrival) + took[i]!;
    const us = 1000 * (free - arrival);
    if (commands[i]!.kind === 'SubmitBid') bid.add(us);
    if (commands[i]!.kind === 'SubmitOffer') offer.add(us);
  }
  return { perSecond: 2000 / every, bid, offer };
}

/** On how many of so many commands a naive engine, started from the same state, gives the same events. */
function alike({ engine, source }: Market, count: number): number {
  const naive = restoreNaiveEngine(engine.snapshot());
  let same = 0;
  for (let i = 0; i < count; i++) {
    const command = source.next();
    if (JSON.stringify(naive.apply(command)) === JSON.stringify(engine.apply(command))) same++;
  }
  return same;
}

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

/** @param progress is told what runs */
export function run(progress: (text: string) => void) {
  const results: { metric: string; value: number; unit: string; method: string }[] = [];
  const how = (market: Market) =>
    `${market.source.pools} pools, ${market.resting} orders sent to rest, 90 days; 40 % bids, 20 % offers, 30 % cancels, 8 % amends, 2 % losses and returns; median of ${rounds} rounds of ${commandsOfARound} after a warm-up`;
  const rate = (market: Market, name: string) => {
    const measured = Array.from({ length: rounds + 1 }, () => measure(market)).slice(1);
    progress(`${name}: ${measured.map(({ perSecond }) => Math.round(perSecond)).join(', ')} commands/s`);
    return measured;
  };
  const push = (metric: string, value: number, unit: string, method: string) =>
    results.push({ metric, value: Math.round(value * 100) / 100, unit, method });
  const p = (measured: readonly Measured[], of: 'bid' | 'offer', share: number) => median(measured.map((each) => each[of].at(share)));
  let same = 0;
  for (const [name, part] of [
    ['hundredth', 100],
    ['tenth', 10],
  ] as const) {
    const market = open(Math.floor(full / part));
    const measured = rate(market, name);
    push(`bid_p50_us_${name}`, p(measured, 'bid', 0.5), 'µs', how(market));
    if (part === 100) same = alike(market, few);
    progress(`${name}: looked at`);
  }
  const market = open(full);
  progress('full market is open');
  const measured = rate(market, 'full');
  const open_loop = `open loop at half of the measured rate, waiting included; ${how(market)}`;
  push('commands_per_second', median(measured.map(({ perSecond }) => perSecond)), '1/s', how(market));
  push('bid_p50_us', p(measured, 'bid', 0.5), 'µs', open_loop);
  push('bid_p99_us', p(measured, 'bid', 0.99), 'µs', open_loop);
  push('bid_p999_us', p(measured, 'bid', 0.999), 'µs', open_loop);
  push('offer_p99_us', p(measured, 'offer', 0.99), 'µs', open_loop);
  push('rss_mib', process.memoryUsage().rss / 2 ** 20, 'MiB', 'of the process with the full market, client included');
  progress('the naive engine is asked at full size');
  same += alike(market, fewer);
  const asked = `${few} commands at a hundredth of the size and ${fewer} at full size`;
  results.push({
    metric: 'agreement',
    value: same / (few + fewer),
    unit: 'share',
    method: `of ${asked}, those on which the naive engine, started from the same state, gives the same events`,
  });
  return results;
}
