import { Injectable } from '@nestjs/common';
import { Database, Logger } from '#platform';
import { Market, type MarketState } from './market.js';

/** Commands between two snapshots, and how many snapshots are kept. */
const every = 10_000;
const kept = 3;

/** Whole states of the market, from which a start need not replay everything. */
@Injectable()
export class Snapshots {
  private lastSequence = 0;
  private writing = false;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  /**
   * The newest that lies not behind `cursor`: what the projector has not told yet must be replayed. One whose hash is not that of its state is
   * passed over.
   */
  async newest(shard: number, cursor: number): Promise<Market | undefined> {
    const rows = await this.database.query<{ sequence: bigint; state_hash: string; state: Buffer }>(
      'select sequence, state_hash, state from snapshot where shard = $1 and sequence <= $2 order by sequence desc',
      [shard, cursor],
    );
    for (const { sequence, state_hash, state } of rows) {
      const market = Market.restore(JSON.parse(state.toString()) as MarketState);
      if (market.engine.stateHash() === state_hash) {
        this.lastSequence = market.sequence;
        return market;
      }
      this.log.error({ sequence }, 'a snapshot is not what its hash says; an older one is used');
    }
    return undefined;
  }

  /** Takes one where it is time. Only the copy is made at once; it is written while the market goes on. */
  consider(shard: number, market: Market): void {
    if (this.writing || market.sequence - this.lastSequence < every) return;
    this.writing = true;
    this.take(shard, market)
      .catch((cause: unknown) => this.log.error({ err: cause, sequence: this.lastSequence }, 'a snapshot could not be written'))
      .finally(() => (this.writing = false));
  }

  /** Resolves when it is written. */
  async take(shard: number, market: Market): Promise<void> {
    this.lastSequence = market.sequence;
    await this.write(shard, market.sequence, market.time, market.engine.stateHash(), Buffer.from(JSON.stringify(market.snapshot())));
  }

  private async write(shard: number, sequence: number, time: number, stateHash: string, state: Buffer): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(
        'insert into snapshot (shard, sequence, state_hash, state, taken_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [shard, sequence, stateHash, state, time],
      );
      await tx.query(
        'delete from snapshot where shard = $1 and sequence < (select min(sequence) from (select sequence from snapshot where shard = $1 order by sequence desc limit $2) as newest)',
        [shard, kept],
      );
    });
  }
}
