import { setTimeout as sleep } from 'node:timers/promises';
import { apart, type Database, type Logger, type Outbox } from '#platform';
import type { Dictionary } from './dictionary.js';
import type { Step } from './entry.js';
import { cursorOf } from './cursor.js';
import { Progress } from './progress.js';
import type { Row } from './replay.js';
import { StepQueue } from './step-queue.js';
import { writeSteps, type Cursor } from './steps-writer.js';

const stepsMax = 1_000;
const pauseMsMax = 5_000;
/** Batches begin so far apart while nobody waits for them: what comes meanwhile goes with the next. */
export const paceMs = 40;
/** While commands come: so far apart, and so many times as long as the last one took. Who waits for an answer comes before who will read. */
const busyMs = 50;
const busyTimes = 3;

/**
 * Follows the market: steps become rows, answers and events of the other services, a batch in one transaction with the cursor. After a crash
 * the steps behind the cursor come again from the journal, and yield the same rows and the same events under the same numbers. A standby's keeps
 * the steps that the leader has not written yet.
 */
export class Projector extends Progress {
  private readonly waiting = new StepQueue();
  private running: Promise<void> | undefined;
  isLeading = false;
  private begun = -Infinity;
  private took = 0;
  private endPause = () => {};

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly log: Logger,
    private readonly dictionary: Dictionary,
    private readonly shard: number,
    private cursor: Cursor,
    private readonly paceMs: number,
    /** Commands come just now, and the tables are not far behind. */
    private readonly isBusy: () => boolean = () => false,
  ) {
    super();
  }

  get sequence(): number {
    return this.cursor.sequence;
  }

  /** Steps that wait. */
  get behind(): number {
    return this.waiting.length;
  }

  get isIdle(): boolean {
    this.hurry();
    return !this.running;
  }

  /** @param steps those of the row; what the tables hold is passed over */
  follow(row: Row, steps: readonly Step[]): void {
    const isNew = steps.length > 0 && steps[0]!.sequence > this.cursor.sequence;
    this.waiting.push(row, isNew ? steps : steps.filter(({ sequence }) => sequence > this.cursor.sequence));
    if (this.isLeading) this.begin();
  }

  /** What another process wrote is not written here. */
  async catchUp(): Promise<void> {
    const cursor = await cursorOf(this.database, this.shard);
    this.waiting.drop(Math.min(this.waiting.length, cursor.sequence - this.cursor.sequence));
    this.cursor = cursor;
  }

  async lead(): Promise<void> {
    await this.catchUp();
    this.isLeading = true;
    this.isFailing = false;
    this.begin();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.hurry();
    await this.running;
    this.wake();
  }

  protected hurry(): void {
    this.endPause();
  }

  private begin(): void {
    if (this.waiting.length) this.running ??= apart(() => this.run());
  }

  /** A database that fails is tried again until it answers: the steps are durable, and nobody else may write these tables. */
  private async run(): Promise<void> {
    await Promise.resolve();
    for (let pauseMs = 50; this.waiting.length && !this.isStopped;) {
      await this.pace();
      try {
        if (this.isFailing) await this.catchUp();
        const steps = this.waiting.first(stepsMax);
        if (steps.length)
          this.cursor = await this.database.transaction((tx) =>
            writeSteps(tx, this.outbox, this.dictionary, this.shard, this.cursor, steps),
          );
        this.waiting.drop(steps.length);
        this.isFailing = false;
        pauseMs = 50;
        this.took = performance.now() - this.begun;
      } catch (error) {
        this.log.error({ err: error, sequence: this.sequence }, 'query tables could not be written, trying again');
        this.isFailing = true;
        await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, pauseMsMax);
      }
      this.wake();
    }
    this.running = undefined;
  }

  private async pace(): Promise<void> {
    const pace = Math.max(this.paceMs, this.isBusy() ? this.took + Math.max(busyMs, busyTimes * this.took) : 0);
    const left = this.begun + pace - performance.now();
    if (left > 1 && this.readers === 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.endPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.begun = performance.now();
  }
}
