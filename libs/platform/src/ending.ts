// What a command has started ends with it, the last that was started first: when its work is done, when it fails, and when it is interrupted, also while something is
// only being started. One place for all commands: of two that each end by themselves on a signal, the faster ends the process before the other is done.
import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { WrongUse, wrongUseCode, wrongUseText } from './command-line.js';
import { messageOf } from './fault.js';
import { endWithNpm } from './npm-gone.js';

/** Ends it at its time. Whoever asks again waits for the same end. */
export type End = () => Promise<void>;

/** In the order of their beginning. */
const ends = new Set<End>();
let interruption: NodeJS.Signals | undefined;
const interrupting = Promise.withResolvers<NodeJS.Signals>();

/** Resolves with the signal that interrupts the command: for one whose work is to wait for it. */
export const interrupted = interrupting.promise;

/** @throws Error command_must_go_on where it was interrupted: what begins now would be left */
export function endedWithUs(end: () => Promise<unknown>): End {
  mustGoOn();
  let ending: Promise<void> | undefined;
  const once = (): Promise<void> =>
    (ending ??= (async () => {
      try {
        await end();
      } finally {
        ends.delete(once);
      }
    })());
  ends.add(once);
  return once;
}

/** @returns what was started, and what ends it. What is still being started when the command ends is ended as soon as it has begun. */
export async function startedWithUs<T>(start: () => Promise<T>, end: (started: T) => Promise<unknown>): Promise<readonly [T, End]> {
  mustGoOn();
  const starting = start();
  const ending = endedWithUs(async () => {
    const begun = await starting.then(
      (started) => ({ started }),
      () => undefined,
    );
    if (begun) await end(begun.started);
  });
  try {
    return [await starting, ending];
  } catch (error) {
    await ending();
    throw error;
  }
}

/** For "ended …". */
export const howItEnded = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal ? `by ${signal}` : `with exit code ${code}`;

/** Of the system's temporary ones; goes with the command. Root runs PostgreSQL as nobody, who must come through. */
export function temporaryFolder(prefix: string): readonly [string, End] {
  mustGoOn();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(folder, 0o755);
  return [folder, endedWithUs(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))];
}

export interface CommandOptions {
  /** Exit code where the work fails, whose message goes to standard error. [1] */
  readonly failed?: number;
  /** Exit code of an interruption. [128 and the signal's number, as a shell tells it] */
  readonly interrupted?: number;
}

/**
 * Runs a command to the end of its process, whose exit code is that of `process.exitCode` where the work is done, and 2 where it throws WrongUse. A second signal does not wait
 * for the ends.
 */
export async function runCommand(work: () => Promise<void>, { failed = 1, interrupted: code }: CommandOptions = {}): Promise<never> {
  const interrupt = (signal: NodeJS.Signals): void => {
    if (interruption) {
      say(`${signal} again: not waiting for what is still there`);
      process.exit(1);
    }
    interruption = signal;
    say(`${signal}: ending what was started; once more ends it at once`);
    interrupting.resolve(signal);
    void endAll().then(() => process.exit(code ?? 128 + constants.signals[signal]));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  endWithNpm();
  // Every way ends by process.exit(): what waits for a signal alone would be over before it.
  setInterval(() => undefined, 60_000);
  const fail = (error: unknown): void => {
    // Work whose database was ended under it says so in many ways.
    if (interruption) return;
    const isWrongUse = error instanceof WrongUse;
    say(isWrongUse ? wrongUseText(error).trimEnd() : messageOf(error));
    void endAll().then(() => process.exit(isWrongUse ? wrongUseCode : failed));
  };
  process.on('uncaughtException', fail);
  try {
    await work();
    // Not left to end by itself: Node was seen to wait without end, at full load, for a handle that was closing already.
    if (!interruption) void endAll().then(() => process.exit());
  } catch (error) {
    fail(error);
  }
  return new Promise(() => undefined);
}

async function endAll(): Promise<void> {
  for (let last = [...ends].at(-1); last; last = [...ends].at(-1))
    await last().catch((error: unknown) => say(`it did not end well: ${messageOf(error)}`));
}

function mustGoOn(): void {
  if (interruption) throw new Error(`command_must_go_on: ${interruption} ends it`);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
