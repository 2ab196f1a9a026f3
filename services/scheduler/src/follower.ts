import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Logger, SecondThread } from '#platform';
import type { Heard, Said, Start } from './follower-worker.js';
import { Progress } from './progress.js';
import type { Row } from './replay.js';

const worker = fileURLToPath(new URL('./follower-worker.js', import.meta.url));
const pauseMs = 1_000;

/**
 * The query tables, written by a second thread: a market of its own follows the journal there, so that neither making rows nor explaining holds
 * up who waits for an answer. It is given what is durable, and reads what it was not given from the journal itself.
 */
export class Follower extends Progress {
  private thread!: Worker;
  private ended!: Promise<unknown>;
  /** Of the last command that the thread knows of. */
  private told: number;
  private isLeading = false;

  constructor(
    private readonly shard: number,
    private cursor: number,
    private readonly second: SecondThread,
    private readonly log: Logger,
  ) {
    super();
    this.told = cursor;
    this.start();
  }

  /** A thread needs a compiled file, and a core beside those of the first thread and the database; else the tables are written on the first thread. */
  static readonly isOfUse = existsSync(worker) && availableParallelism() > 2;

  get sequence(): number {
    return this.cursor;
  }

  get isIdle(): boolean {
    if (this.cursor < this.told) this.hurry(this.told);
    return this.cursor >= this.told;
  }

  /** A row that is durable. */
  follow(row: Row, last: number): void {
    this.told = last;
    this.say({ row });
  }

  /** The journal holds as much. */
  upTo(sequence: number): void {
    this.told = Math.max(this.told, sequence);
    this.say({ upTo: this.told });
  }

  async lead(): Promise<void> {
    this.isLeading = true;
    this.say({ lead: true });
    while (this.isFailing && !this.isStopped) await this.nextBatch(1_000);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.say({ stop: true });
    await this.ended;
    this.wake();
  }

  protected hurry(sequence: number): void {
    this.say({ hurry: sequence });
  }

  private say(said: Said): void {
    this.thread.postMessage(said);
  }

  private start(): void {
    const start: Start = { shard: this.shard, seed: this.second.seed, isLeading: this.isLeading };
    this.thread = new Worker(worker, { workerData: start });
    this.thread.on('message', ({ sequence, isFailing }: Heard) => {
      this.cursor = sequence;
      this.isFailing = isFailing;
      this.second.published();
      this.wake();
    });
    this.thread.on('error', (cause) => this.log.error({ err: cause }, 'the thread that writes the query tables failed; it is begun again'));
    this.ended = new Promise((resolve) => this.thread.once('exit', resolve)).then(() => this.restart());
  }

  private async restart(): Promise<void> {
    if (this.isStopped) return;
    this.isFailing = true;
    this.wake();
    await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    if (this.isStopped) return;
    this.start();
    this.upTo(this.told);
  }
}
