import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import type { Written } from './replay.js';

/** Snapshots that are kept, and bytes of a part: what is written or read of one at a time. */
const kept = 3;
const partBytes = 2 << 20;

/** A snapshot that is kept. */
export interface Kept {
  readonly sequence: number;
  readonly stateHash: string;
}

/** Snapshots in the database, in parts. */
@Injectable()
export class SnapshotStore {
  constructor(private readonly database: Database) {}

  /** Newest first, of those that do not lie behind `cursor`. */
  async list(shard: number, cursor = Number.MAX_SAFE_INTEGER): Promise<Kept[]> {
    const rows = await this.database.query<{ sequence: bigint; state_hash: string }>(
      'select sequence, state_hash from snapshot where shard = $1 and sequence <= $2 order by sequence desc',
      [shard, cursor],
    );
    return rows.map(({ sequence, state_hash }) => ({ sequence: Number(sequence), stateHash: state_hash }));
  }

  async *parts(shard: number, sequence: number): AsyncGenerator<Buffer> {
    for (let part = 0; ; part += 1) {
      const [row] = await this.database.query<{ bytes: Buffer }>(
        'select bytes from snapshot_part where shard = $1 and sequence = $2 and part = $3',
        [shard, sequence, part],
      );
      if (!row) return;
      yield row.bytes;
    }
  }

  async whole(shard: number, sequence: number): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(this.parts(shard, sequence)));
  }

  /** The oldest go for it. */
  async write(shard: number, { sequence, stateHash, state, time }: Written): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [added] = await tx.query(
        'insert into snapshot (shard, sequence, state_hash, taken_at) values ($1, $2, $3, $4) on conflict do nothing returning sequence',
        [shard, sequence, stateHash, time],
      );
      if (!added) return;
      for (let part = 0; part * partBytes < state.length; part += 1)
        await tx.query('insert into snapshot_part (shard, sequence, part, bytes) values ($1, $2, $3, $4)', [
          ...[shard, sequence, part],
          Buffer.from(state.buffer, state.byteOffset + part * partBytes, Math.min(partBytes, state.length - part * partBytes)),
        ]);
      await tx.query(
        `delete from snapshot where shard = $1 and sequence <
           (select min(sequence) from (select sequence from snapshot where shard = $1 order by sequence desc limit $2) as newest)`,
        [shard, kept],
      );
    });
  }

  async drop(shard: number, sequence: number): Promise<void> {
    await this.database.query('delete from snapshot where shard = $1 and sequence = $2', [shard, sequence]);
  }
}
