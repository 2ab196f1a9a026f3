// npm run differential: random sequences through both engines, on as many threads as there are cores.
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { differenceOfSeed } from './differential.js';

/** Every `step`th seed from `first`, below `end`. */
interface Share {
  readonly first: number;
  readonly end: number;
  readonly step: number;
  readonly commands: number;
}

/** What a thread tells of each seed: null where both engines were alike. */
type Told = string | null;

function runShare({ first, end, step, commands }: Share): void {
  for (let seed = first; seed < end; seed += step) parentPort!.postMessage(differenceOfSeed(seed, commands) satisfies Told);
}

const help = `npm run differential [-- --seeds N] [--first-seed S] [--commands C] [--threads T]

Has both engines carry out random commands, a sequence for each seed. A difference is printed with the fewest commands that show it; ends with 0 where there is none, with 1
where there is one.

  --seeds N        sequences [100]
  --first-seed S   of them [1]
  --commands C     of each [2000]
  --threads T      [as many as there are cores]`;

interface Asked {
  readonly seeds: number;
  readonly first: number;
  readonly commands: number;
  readonly threads: number;
}

/** The threads do without the platform. */
async function readAsked(): Promise<Asked> {
  const { commandLine, endWrongUse, wholeOption, WrongUse } = await import('#platform');
  const { values } = commandLine(help, {
    options: {
      seeds: { type: 'string', default: '100' },
      'first-seed': { type: 'string', default: '1' },
      commands: { type: 'string', default: '2000' },
      threads: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const whole = (name: 'seeds' | 'first-seed' | 'commands' | 'threads', least: number) =>
    wholeOption(name, values[name], least, 2 ** 31 - 1);
  try {
    return { seeds: whole('seeds', 1), first: whole('first-seed', 0), commands: whole('commands', 1), threads: whole('threads', 1) };
  } catch (error) {
    if (error instanceof WrongUse) endWrongUse(error);
    throw error;
  }
}

async function main(): Promise<void> {
  const { seeds, first, commands, threads: step } = await readAsked();
  let alike = 0;
  const differences: string[] = [];
  const hear = (told: Told): void => {
    if (told !== null) differences.push(told);
    else if (++alike % 50 === 0) process.stderr.write(`${alike} seeds alike\n`);
  };
  const workers = Array.from({ length: Math.min(step, seeds) }, (_, i) => {
    const share: Share = { first: first + i, end: first + seeds, step, commands };
    return new Worker(new URL(import.meta.url), { workerData: share });
  });
  const ended = workers.map(
    (worker) =>
      new Promise<void>((resolve, reject) => {
        worker.on('message', (told: Told) => {
          hear(told);
          if (told !== null) workers.forEach((each) => void each.terminate());
        });
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      }),
  );
  await Promise.all(ended);
  const counted = `${alike} of ${seeds} seeds of ${commands} commands from ${first}`;
  if (differences.length > 0) process.stdout.write(`${differences.join('\n\n')}\n`);
  process.stdout.write(`${counted}: every event, hash, depth, explanation, quote and snapshot alike\n`);
  process.exitCode = alike === seeds ? 0 : 1;
}

if (isMainThread) await main();
else runShare(workerData as Share);
