// An append-only journal: one row a batch, each chained by hash to the row before. One writer a shard, in the epoch of its lease; one of a later epoch
// makes every older one stale, in the same statement that would have appended.
import type { Database } from './database.js';
import { sha256 } from './crypto.js';
import { histogram, seconds } from './telemetry.js';

export interface Batch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** The encoded commands; the journal does not look inside. */
  readonly payload: Uint8Array;
}

export interface JournalRow extends Batch {
  readonly epoch: number;
  /** 32 bytes. */
  readonly hash: Buffer;
}

/** Where a journal ends. */
export interface JournalEnd {
  /** 0 before the first batch. */
  readonly lastSequence: number;
  readonly hash: Buffer;
}

interface StoredRow {
  first_sequence: bigint;
  last_sequence: bigint;
  epoch: bigint;
  payload: Buffer;
  previous_hash: Buffer;
  hash: Buffer;
}

const batchSize = histogram(
  'exchange.journal.batch.size',
  '{command}',
  'Commands written at once',
  [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000],
);
const appendDuration = histogram('exchange.journal.append.duration', 's', 'How long a batch took to the disk', seconds);

const pageRows = 200;
const noHash = Buffer.alloc(32);

/** Another writer took the shard over: this one must stop. */
export class StaleEpoch extends Error {}

/** A row is not what was appended. */
export class BrokenJournal extends Error {}

export class Journal {
  constructor(private readonly database: Database) {}

  /** From now on only the writer answered here can append. Throws StaleEpoch where the shard was opened in this epoch or a later one. */
  async open(shard: number, epoch: number): Promise<JournalWriter> {
    const [head] = await this.database.query<{ last_sequence: bigint; last_hash: Buffer }>(
      `insert into journal_head (shard, epoch, last_sequence, last_hash) values ($1, $2, 0, $3)
       on conflict (shard) do update set epoch = $2 where journal_head.epoch < $2 returning last_sequence, last_hash`,
      [shard, epoch, noHash],
    );
    if (!head) throw stale(shard, epoch);
    return new JournalWriter(this.database, shard, epoch, { lastSequence: Number(head.last_sequence), hash: head.last_hash });
  }

  /** The shards that have one, in order. */
  async shards(): Promise<number[]> {
    const rows = await this.database.query<{ shard: number }>('select shard from journal_head order by shard');
    return rows.map(({ shard }) => shard);
  }

  /** Batches that hold commands from sequence `from` on, in order, read page by page. */
  async *read(shard: number, from = 1): AsyncGenerator<JournalRow> {
    for await (const row of this.rows(shard, from)) yield rowOf(row);
  }

  /** Sequence of the last command that is there, whatever its head says; 0 where there is none. */
  async lastSequence(shard: number): Promise<number> {
    const [row] = await this.database.query<{ last: bigint | null }>(
      `select (select last_sequence from journal where shard = $1 order by first_sequence desc limit 1) as last`,
      [shard],
    );
    return Number(row!.last ?? 0);
  }

  /** The batch that holds the command. */
  async holding(shard: number, sequence: number): Promise<JournalRow | undefined> {
    const [row] = await this.database.query<StoredRow>(
      `select first_sequence, last_sequence, epoch, payload, previous_hash, hash from journal
       where shard = $1 and first_sequence <= $2 and last_sequence >= $2 order by first_sequence desc limit 1`,
      [shard, sequence],
    );
    return row && rowOf(row);
  }

  /** Recomputes the chain from the first row. Throws BrokenJournal naming the row that was changed, is missing or was cut off. */
  async verify(shard: number): Promise<JournalEnd> {
    let end: JournalEnd = { lastSequence: 0, hash: noHash };
    for await (const row of this.rows(shard, 1)) {
      const { firstSequence, lastSequence, epoch, payload, hash } = rowOf(row);
      const name = `shard ${shard}, sequence ${firstSequence}`;
      if (firstSequence !== end.lastSequence + 1) throw new BrokenJournal(`journal_must_have_no_gap: ${name} after ${end.lastSequence}`);
      if (!row.previous_hash.equals(end.hash)) throw new BrokenJournal(`journal_must_be_chained: ${name}`);
      if (!hash.equals(hashOf(shard, epoch, { firstSequence, lastSequence, payload }, end.hash)))
        throw new BrokenJournal(`journal_hash_must_match: ${name}`);
      end = { lastSequence, hash };
    }
    const [head] = await this.database.query<{ last_hash: Buffer }>('select last_hash from journal_head where shard = $1', [shard]);
    if (!(head?.last_hash ?? noHash).equals(end.hash)) throw new BrokenJournal(`journal_must_be_whole: shard ${shard} ends early`);
    return end;
  }

  private async *rows(shard: number, from: number): AsyncGenerator<StoredRow> {
    // The next page is fetched while one is read.
    for (let page = this.page(shard, from - 1); ;) {
      const rows = await page;
      const isLast = rows.length < pageRows;
      if (!isLast) page = this.page(shard, Number(rows.at(-1)!.last_sequence));
      // Whoever stops reading does not hear that it failed.
      page.catch(() => undefined);
      yield* rows;
      if (isLast) return;
    }
  }

  /** The batch that holds the command behind `after` may begin before it. */
  private page(shard: number, after: number): Promise<StoredRow[]> {
    return this.database.query<StoredRow>(
      `select first_sequence, last_sequence, epoch, payload, previous_hash, hash from journal
       where shard = $1 and first_sequence > coalesce((select max(first_sequence) - 1 from journal
         where shard = $1 and first_sequence <= $2 + 1 and last_sequence > $2), $2)
       order by first_sequence limit ${pageRows}`,
      [shard, after],
    );
  }
}

export class JournalWriter {
  constructor(
    private readonly database: Database,
    readonly shard: number,
    readonly epoch: number,
    private tip: JournalEnd,
  ) {}

  get end(): JournalEnd {
    return this.tip;
  }

  /**
   * Resolves when the batch is on disk; one append at a time. Throws StaleEpoch where the shard was taken over, and then, as after any
   * other error, the caller must not go on: whether the batch is there is found by opening the shard again.
   */
  async append(batch: Batch): Promise<JournalEnd> {
    const { firstSequence, lastSequence, payload } = batch;
    const previous = this.tip;
    if (firstSequence !== previous.lastSequence + 1 || lastSequence < firstSequence)
      throw new Error(`journal_must_have_no_gap: ${firstSequence} to ${lastSequence} after ${previous.lastSequence}`);
    const hash = hashOf(this.shard, this.epoch, batch, previous.hash);
    const began = performance.now();
    const [appended] = await this.database.query(
      `with head as (
         update journal_head set last_sequence = $3, last_hash = $7
         where shard = $1 and epoch = $4 and last_sequence = $2 - 1 and last_hash = $6
         returning shard
       )
       insert into journal (shard, first_sequence, last_sequence, epoch, payload, previous_hash, hash)
       select shard, $2, $3, $4, $5, $6, $7 from head returning shard`,
      [this.shard, firstSequence, lastSequence, this.epoch, payload, previous.hash, hash],
    );
    if (!appended) throw stale(this.shard, this.epoch);
    const attributes = { 'exchange.shard': this.shard };
    appendDuration((performance.now() - began) / 1_000, attributes);
    batchSize(lastSequence + 1 - firstSequence, attributes);
    this.tip = { lastSequence, hash };
    return this.tip;
  }
}

const stale = (shard: number, epoch: number) => new StaleEpoch(`journal_epoch_must_be_current: shard ${shard}, epoch ${epoch}`);

function hashOf(shard: number, epoch: number, { firstSequence, lastSequence, payload }: Batch, previous: Buffer): Buffer {
  const numbers = Buffer.alloc(32);
  [shard, epoch, firstSequence, lastSequence].forEach((number, index) => numbers.writeBigInt64BE(BigInt(number), index * 8));
  return sha256(previous, numbers, payload);
}

const rowOf = (row: StoredRow): JournalRow => ({
  firstSequence: Number(row.first_sequence),
  lastSequence: Number(row.last_sequence),
  epoch: Number(row.epoch),
  payload: row.payload,
  hash: row.hash,
});
