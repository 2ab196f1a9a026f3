import { slotAt, slotsPerDay } from '#domain';
import type { Command, MatchingEngine, SubmitBid } from '#matching-engine';
import { createFastEngine, restoreFastEngine } from '#matching-engine';
import { createNaiveEngine, restoreNaiveEngine } from '#naive-engine';
import { randomCommands, shrink } from './random-commands.js';
import type { SeldomRule } from './random-commands.js';

// The fast engine against the naive one: the same commands must yield the same events and the same hash, and each must go on from the other's snapshot.

/** Commands between two looks at the hashes, between two exchanges of snapshots, and between two explanations and quotes. */
const hashEvery = 100;
const swapEvery = 700;
const askEvery = 500;

/** What differs first, or null. */
export function difference(commands: readonly Command[], everyHash = hashEvery): string | null {
  let naive: MatchingEngine = createNaiveEngine();
  let fast: MatchingEngine = createFastEngine();
  for (const [i, command] of commands.entries()) {
    const [expected, got] = [JSON.stringify(naive.apply(command)), JSON.stringify(fast.apply(command))];
    if (got !== expected) return `after ${command.sequence} ${command.kind}\nnaive: ${expected}\nfast:  ${got}`;
    if ((i + 1) % everyHash !== 0 && i !== commands.length - 1) continue;
    if (naive.stateHash() !== fast.stateHash())
      return `the hashes after ${command.sequence} ${command.kind}\n${firstDifference(naive, fast)}`;
    const [expectedDepth, depth] = [depthsOf(naive, command.time), depthsOf(fast, command.time)];
    if (depth !== expectedDepth) return `depth after ${command.sequence} ${command.kind}\nnaive: ${expectedDepth}\nfast:  ${depth}`;
    if ((i + 1) % askEvery === 0) {
      const asked = commands.slice(0, i + 1).filter((each) => each.kind === 'SubmitBid');
      const [expectedAnswers, answers] = [answersOf(naive, asked), answersOf(fast, asked)];
      if (answers !== expectedAnswers)
        return `explanations after ${command.sequence} ${command.kind}\nnaive: ${expectedAnswers}\nfast:  ${answers}`;
    }
    if ((i + 1) % swapEvery === 0) [naive, fast] = [restoreNaiveEngine(fast.snapshot()), restoreFastEngine(naive.snapshot())];
  }
  return null;
}

/** of the last two bids, and of the last as if it came anew. */
function answersOf(engine: MatchingEngine, bids: readonly SubmitBid[]): string {
  const last = bids.at(-1);
  const explained = bids.slice(-2).map(({ orderId }) => engine.explain(orderId));
  return JSON.stringify([explained, last ? engine.quote(last, last.time) : null]);
}

/** of every book, for two hours, a day and all time. */
function depthsOf(engine: MatchingEngine, time: number): string {
  const now = slotAt(time);
  const windows = [
    [now + 8, now + 16],
    [now, now + slotsPerDay],
    [0, Number.MAX_SAFE_INTEGER],
  ] as const;
  return JSON.stringify(
    engine.snapshot().books.map(({ bookId }) => [bookId, ...windows.map(([from, to]) => engine.depth(bookId, from, to))]),
  );
}

/** The lines of the snapshots at which they part. */
function firstDifference(naive: MatchingEngine, fast: MatchingEngine): string {
  const lines = (engine: MatchingEngine): string[] =>
    Object.entries(engine.snapshot()).flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as unknown[]) : [value]).map((item) => `${name} ${JSON.stringify(sorted(item))}`),
    );
  const [expected, got] = [lines(naive), lines(fast)];
  const i = expected.findIndex((line, index) => line !== got[index]);
  return `naive: ${expected[i]}\nfast:  ${got[i]}`;
}

/** With the names of records in one order. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, item]) => [name, sorted(item)]),
        )
      : value;

/** Of four seeds one is of all sorts, each other leans toward rules that come about seldom. */
const leanings: readonly (SeldomRule | null)[] = [null, 'R-17', 'R-18', 'R-7a'];

/** What differs for a seed with the fewest commands that still differ, or null. */
export function differenceOfSeed(seed: number, count: number): string | null {
  const commands = randomCommands(seed, count, { toward: leanings[seed % leanings.length]! });
  if (difference(commands) === null) return null;
  const fewest = shrink(commands, (some) => difference(some, 1) !== null);
  return `seed ${seed}, ${difference(fewest, 1)}\n${fewest.map((command) => JSON.stringify(command)).join('\n')}`;
}
