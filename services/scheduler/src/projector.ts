import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, type Database, type Logger, type Outbox } from '#platform';
import type { Dictionary } from './dictionary.js';
import type { Step } from './entry.js';
import { writeSteps, type Cursor } from './steps-writer.js';

const stepsMax = 2_000;
const pauseMsMax = 5_000;
/** Batches begin so far apart while nobody waits for them: what comes meanwhile goes with the next. */
const paceMs = 10;
/** So far apart while commands come: who sent one waits for its answer, and nobody for these. */
const busyPaceMs = 100;
/** Steps behind which that is no more so. */
const behindMax = 100_000;

/**
 * Follows the market: steps become rows, answers and events of the other services, a batch in one transaction with the cursor. After a crash
 * the steps behind the cursor come again from the journal, and yield the same rows and the same events under the same numbers.
 */
export class Projector {
  private readonly waiting: Step[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private failed = false;
  private begun = -Infinity;
  private readers = 0;
  private hurry = () => {};

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly log: Logger,
    private readonly dictionary: Dictionary,
    private readonly shard: number,
    private cursor: Cursor,
    private readonly isBusy: () => boolean = () => false,
  ) {}

  get sequence(): number {
    return this.cursor.sequence;
  }

  /** Who asks wants it to be: what waits is written at once. */
  get isIdle(): boolean {
    this.hurry();
    return !this.running;
  }

  get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  follow(step: Step): void {
    this.waiting.push(step);
    this.running ??= this.run();
  }

  /**
   * Resolves once the tables hold what the command of that sequence did.
   * @throws Refusal unavailable while they cannot be written
   */
  async passed(sequence: number): Promise<void> {
    while (this.cursor.sequence < sequence) {
      if (this.failed || this.stopping.signal.aborted)
        throw new Refusal('unavailable', 'projection_must_follow_the_journal', 'the query tables cannot be written just now');
      this.hurry();
      this.readers += 1;
      await new Promise<void>((resolve) => {
        const stop = this.watch(() => {
          stop();
          resolve();
        });
      });
      this.readers -= 1;
    }
  }

  /** Calls after each batch. @returns how to stop it */
  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves after the next batch is written, after so long, or when the signal is given. */
  async nextBatch(patienceMs: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        stop();
        resolve();
      };
      const timer = setTimeout(done, patienceMs);
      signal?.addEventListener('abort', done);
      const stop = this.watch(done);
    });
  }

  /** Ends after the batch under way; what waits is in the journal. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.hurry();
    await this.running;
    this.wake();
  }

  /** A database that fails is tried again until it answers: the steps are durable, and nobody else may write these tables. */
  private async run(): Promise<void> {
    await Promise.resolve();
    for (let pauseMs = 50; this.waiting.length && !this.stopping.signal.aborted;) {
      await this.pace();
      const steps = this.waiting.slice(0, stepsMax);
      try {
        this.cursor = await this.database.transaction((tx) => writeSteps(tx, this.outbox, this.dictionary, this.shard, this.cursor, steps));
        this.waiting.splice(0, steps.length);
        this.failed = false;
        pauseMs = 50;
      } catch (error) {
        this.log.error({ err: error, sequence: steps[0]!.sequence }, 'query tables could not be written, trying again');
        this.failed = true;
        await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, pauseMsMax);
      }
      this.wake();
    }
    this.running = undefined;
  }

  private async pace(): Promise<void> {
    const isLater = this.isBusy() && this.waiting.length < behindMax;
    const left = this.begun + (isLater ? busyPaceMs : paceMs) - performance.now();
    if (left > 1 && this.readers === 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.begun = performance.now();
  }

  private wake(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
