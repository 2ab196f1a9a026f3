// Messages a second of one book and one window through the whole engine, and through the npm package nodejs-order-book, on the same streams in the same run.
import { OrderBook } from 'nodejs-order-book';
import { Tier } from '#domain';
import { createFastEngine, EventBuffer } from '#matching-engine';
import { Facts } from './facts.js';
import { buyers, Commands, Kind, providers, scenarios, startTime, streamOf } from './stream.js';
import type { Stream } from './stream.js';

const rounds = Number(process.env.ROUNDS ?? 5);
const chunk = 256;
const scale = Number(process.env.SCALE ?? 1);

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

function setUp(): Facts {
  const facts = new Facts(startTime);
  facts.site(1);
  for (const participantId of buyers) facts.participant(participantId, 8_000_000_000_000_000);
  for (const participantId of providers) {
    facts.participant(participantId);
    facts.pool(participantId, 1, participantId, { nodes: 1, unitsPerNode: 100_000 });
  }
  facts.book(1, 1, Tier.FIRM);
  return facts;
}

/** Messages a second. Commands are written before their chunk's time starts; events are encoded, and overwritten by the next chunk's. */
function runEngine(stream: Stream, countsTrades: boolean): { perSecond: number; trades: number } {
  const engine = createFastEngine({ orders: stream.length / 2 });
  const facts = setUp();
  for (const command of facts.commands) engine.apply(command);
  const source = new Commands(stream, facts.sequence, chunk);
  const events = new EventBuffer();
  let ms = 0;
  let trades = 0;
  for (let from = 0; from < stream.length; from += chunk) {
    const commands = source.from(from);
    const before = performance.now();
    engine.applyAll(commands, events);
    ms += performance.now() - before;
    if (countsTrades) trades += events.decode().filter(({ kind }) => kind === 'TradeMade').length;
    events.clear();
  }
  return { perSecond: (1000 * stream.length) / ms, trades };
}

type Step = (book: OrderBook) => unknown;

function runPackage(stream: Stream): { perSecond: number } {
  const book = new OrderBook();
  const { kinds, orders, prices, units, buys } = stream;
  let ms = 0;
  for (let from = 0; from < stream.length; from += chunk) {
    const steps: Step[] = [];
    for (let i = from; i < Math.min(from + chunk, stream.length); i++) {
      const id = String(orders[i]);
      const side = buys[orders[i]!] === 1 ? 'buy' : 'sell';
      const [price, size] = [prices[i]!, units[i]!];
      const kind = kinds[i]!;
      if (kind === Kind.CANCEL) steps.push((to) => to.cancel(id));
      else if (kind === Kind.AMEND_PRICE) steps.push((to) => to.modify(id, { price }));
      else if (kind === Kind.AMEND_UNITS) steps.push((to) => to.modify(id, { size }));
      else {
        const order = { id, side, price, size, timeInForce: kind === Kind.IOC ? 'IOC' : 'GTC' } as Parameters<OrderBook['limit']>[0];
        steps.push((to) => to.limit(order));
      }
    }
    const before = performance.now();
    for (const step of steps) step(book);
    ms += performance.now() - before;
  }
  return { perSecond: (1000 * stream.length) / ms };
}

/** @param progress is told what runs */
export function run(progress: (text: string) => void) {
  return scenarios.flatMap((scenario, seed) => {
    const stream = streamOf(scenario, 42 + seed, scale);
    const ours: number[] = [];
    const theirs: number[] = [];
    let trades = 0;
    // The first round warms both up and is not counted; then they take turns, so that both see the same machine.
    for (let round = 0; round <= rounds; round++) {
      const one = runEngine(stream, round === 0);
      const other = runPackage(stream);
      if (round === 0) ({ trades } = one);
      progress(`${scenario} ${round}: engine ${Math.round(one.perSecond)}/s, package ${Math.round(other.perSecond)}/s, ${trades} trades`);
      if (round === 0) continue;
      ours.push(one.perSecond);
      theirs.push(other.perSecond);
    }
    const how = `${stream.length} messages (half new, of them 15 % IOC; 41 % cancels; 9 % amends), seed ${42 + seed}, median of ${rounds} after a warm-up`;
    return [
      {
        metric: `messages_per_second_${scenario}`,
        value: Math.round(median(ours)),
        unit: '1/s',
        method: `whole engine with guards, buying power, self-trade, capacity, events encoded; ${trades} trades; ${how}`,
      },
      {
        metric: `nodejs_order_book_per_second_${scenario}`,
        value: Math.round(median(theirs)),
        unit: '1/s',
        method: `npm package nodejs-order-book 10.1.1, same messages in the same run; ${how}`,
      },
    ];
  });
}
