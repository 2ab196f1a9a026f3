import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Database, Journal, Logger } from '#platform';
import { Market } from './market.js';
import { read, replayRow, written, type Written } from './replay.js';
import type { Told } from './snapshot-worker.js';

/** Commands between two snapshots, and how many snapshots are kept. */
const every = 50_000;
const kept = 3;
const worker = fileURLToPath(new URL('./snapshot-worker.js', import.meta.url));

/** Whole states of the market, from which a start need not replay everything. */
@Injectable()
export class Snapshots {
  private lastSequence = 0;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly log: Logger,
  ) {}

  /**
   * The newest that lies not behind `cursor`: what the projector has not told yet must be replayed. One whose hash is not that of its state is
   * dropped.
   */
  async newest(shard: number, cursor: number): Promise<Market | undefined> {
    const rows = await this.database.query<{ sequence: bigint; state_hash: string; state: Buffer }>(
      'select sequence, state_hash, state from snapshot where shard = $1 and sequence <= $2 order by sequence desc',
      [shard, cursor],
    );
    for (const { sequence, state_hash, state } of rows) {
      const market = read(state);
      if (market.engine.stateHash() === state_hash) {
        this.lastSequence = market.sequence;
        return market;
      }
      this.log.error({ sequence }, 'a snapshot is not what its hash says; it is dropped and an older one used');
      await this.database.query('delete from snapshot where shard = $1 and sequence = $2', [shard, sequence]);
    }
    return undefined;
  }

  /** Takes one where it is time, while the market goes on. */
  consider(shard: number, sequence: number): void {
    if (this.writing || sequence - this.lastSequence < every) return;
    this.lastSequence = sequence;
    this.writing = this.take(shard)
      .catch((cause: unknown) => this.log.error({ err: cause, sequence }, 'a snapshot could not be written'))
      .finally(() => (this.writing = undefined));
  }

  /** Of all that is journalled. Resolves when it is written. */
  async take(shard: number): Promise<void> {
    const { sequence, time, stateHash, state } = existsSync(worker) ? await this.beside(shard) : await this.here(shard);
    this.lastSequence = sequence;
    await this.database.transaction(async (tx) => {
      await tx.query(
        'insert into snapshot (shard, sequence, state_hash, state, taken_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [shard, sequence, stateHash, state, time],
      );
      await tx.query(
        `delete from snapshot where shard = $1 and sequence <
           (select min(sequence) from (select sequence from snapshot where shard = $1 order by sequence desc limit $2) as newest)`,
        [shard, kept],
      );
    });
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
      tell({ state: before?.state });
      for await (const { firstSequence, payload } of this.journal.read(shard, Number(before?.sequence ?? 0) + 1))
        tell({ row: { firstSequence, payload } });
      tell({ write: true });
      return await result;
    } finally {
      await thread.terminate();
    }
  }

  /** The same in place, where the thread's file is not compiled. */
  private async here(shard: number): Promise<Written> {
    const before = await this.before(shard);
    const market = before ? read(before.state) : Market.empty();
    for await (const row of this.journal.read(shard, market.sequence + 1)) replayRow(market, row, Infinity);
    return written(market);
  }

  private async before(shard: number): Promise<{ sequence: bigint; state: Buffer } | undefined> {
    const [row] = await this.database.query<{ sequence: bigint; state: Buffer }>(
      'select sequence, state from snapshot where shard = $1 order by sequence desc limit 1',
      [shard],
    );
    return row;
  }
}
