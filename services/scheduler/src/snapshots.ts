import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Journal, Logger } from '#platform';
import { Market } from './market.js';
import { read, replayRow, written, type Written } from './replay.js';
import { SnapshotStore } from './snapshot-store.js';
import type { Told } from './snapshot-worker.js';

/** Commands between two snapshots at least, and so many times as long as the last one took. */
const every = 50_000;
const restTimes = 5;
const worker = fileURLToPath(new URL('./snapshot-worker.js', import.meta.url));

/** Whole states of the market, from which a start need not replay everything. */
@Injectable()
export class Snapshots {
  private lastSequence = 0;
  private notBefore = 0;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly store: SnapshotStore,
    private readonly journal: Journal,
    private readonly log: Logger,
  ) {}

  /**
   * The newest that lies not behind `cursor`: what the projector has not told yet must be replayed. One that cannot be read, or whose hash is
   * not that of its state, is dropped.
   */
  async newest(shard: number, cursor: number): Promise<Market | undefined> {
    for (const { sequence, stateHash } of await this.store.list(shard, cursor)) {
      try {
        const market = read(await this.store.whole(shard, sequence));
        if (market.engine.stateHash() !== stateHash) throw new Error('snapshot_must_have_its_hash');
        this.lastSequence = market.sequence;
        return market;
      } catch (cause) {
        this.log.error({ err: cause, sequence }, 'a snapshot cannot be used; it is dropped and an older one taken');
        await this.store.drop(shard, sequence);
      }
    }
    return undefined;
  }

  /** Takes one where it is time, while the market goes on. */
  consider(shard: number, sequence: number): void {
    if (this.writing || sequence - this.lastSequence < every || performance.now() < this.notBefore) return;
    this.lastSequence = sequence;
    this.writing = this.take(shard)
      .catch((cause: unknown) => this.log.error({ err: cause, sequence }, 'a snapshot could not be written'))
      .finally(() => (this.writing = undefined));
  }

  /** Of all that is journalled. Resolves when it is written. */
  async take(shard: number): Promise<void> {
    const began = performance.now();
    const state = existsSync(worker) ? await this.beside(shard) : await this.here(shard);
    this.lastSequence = state.sequence;
    await this.store.write(shard, state);
    this.notBefore = performance.now() + restTimes * (performance.now() - began);
  }

  /** What is being written is finished. */
  async stop(): Promise<void> {
    await this.writing;
  }

  /** In a thread of its own: neither replaying nor writing a large state holds the market up. */
  private async beside(shard: number): Promise<Written> {
    const thread = new Worker(worker);
    try {
      const result = new Promise<Written>((resolve, reject) => thread.once('message', resolve).once('error', reject));
      const tell = (told: Told) => thread.postMessage(told);
      const before = await this.before(shard);
      if (before) for await (const part of this.store.parts(shard, before)) tell({ part });
      tell({ begin: true });
      for await (const { firstSequence, payload } of this.journal.read(shard, before + 1)) tell({ row: { firstSequence, payload } });
      tell({ write: true });
      return await result;
    } finally {
      await thread.terminate();
    }
  }

  /** The same in place, where the thread's file is not compiled. */
  private async here(shard: number): Promise<Written> {
    const before = await this.before(shard);
    const market = before ? read(await this.store.whole(shard, before)) : Market.empty();
    for await (const row of this.journal.read(shard, market.sequence + 1)) replayRow(market, row, Infinity);
    return written(market);
  }

  /** Sequence of the newest; 0: none. */
  private async before(shard: number): Promise<number> {
    return (await this.store.list(shard))[0]?.sequence ?? 0;
  }
}
