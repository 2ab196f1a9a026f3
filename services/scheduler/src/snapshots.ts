import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Journal, Logger, SecondThread } from '#platform';
import type { Market } from './market.js';
import { makeSnapshot, newestMarket } from './snapshot-making.js';
import type { SnapshotStore } from './snapshot-store.js';
import type { Start } from './snapshot-worker.js';

/** Commands between two snapshots at least, and so many times as long as the last one took. */
const every = 50_000;
const restTimes = 5;
const worker = fileURLToPath(new URL('./snapshot-worker.js', import.meta.url));

/** Whole states of a shard, from which a start need not replay everything. */
export class Snapshots {
  private lastSequence = 0;
  private notBefore = 0;
  private writing: Promise<void> | undefined;
  private thread: Worker | undefined;

  constructor(
    private readonly shard: number,
    readonly store: SnapshotStore,
    readonly journal: Journal,
    private readonly second: SecondThread,
    readonly log: Logger,
  ) {}

  /** The newest that lies not behind `cursor`: what the projector has not told yet must be replayed. */
  async newest(cursor: number): Promise<Market | undefined> {
    const market = await newestMarket(this, this.shard, cursor);
    this.lastSequence = market?.sequence ?? 0;
    return market;
  }

  /** Takes one where it is time, while the market goes on. */
  consider(sequence: number): void {
    if (this.writing || sequence - this.lastSequence < every || performance.now() < this.notBefore) return;
    this.lastSequence = sequence;
    this.writing = this.take()
      .catch((cause: unknown) => this.log.warn({ err: cause, sequence }, 'a snapshot was not written'))
      .finally(() => (this.writing = undefined));
  }

  /** Of all that is journalled. Resolves when it is written. */
  async take(): Promise<void> {
    const began = performance.now();
    this.lastSequence = existsSync(worker) ? await this.beside() : await makeSnapshot(this, this.shard);
    this.notBefore = performance.now() + restTimes * (performance.now() - began);
  }

  /** One that is being made is given up. */
  async stop(): Promise<void> {
    await this.thread?.terminate();
    await this.writing;
  }

  /** In a thread of its own: neither replaying nor reading and writing a large state holds the market up. */
  private async beside(): Promise<number> {
    const start: Start = { shard: this.shard, seed: this.second.seed };
    const thread = (this.thread = new Worker(worker, { workerData: start }));
    try {
      return await new Promise<number>((resolve, reject) => {
        let sequence: number | undefined;
        thread.once('message', (made: number) => (sequence = made)).once('error', reject);
        thread.once('exit', () => (sequence === undefined ? reject(new Error('snapshot_must_be_made_before_the_end')) : resolve(sequence)));
      });
    } finally {
      this.thread = undefined;
    }
  }
}
