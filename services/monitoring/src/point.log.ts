import { Injectable } from '@nestjs/common';
import { LoggedFrames, type PointBlock, bytesOf } from '#contracts';
import { Database, type Tx, numberArray } from '#platform';
import type { Heard } from './core/sender.js';

/** Another process took the writer's log over, or it is not known what of it is there: its points are merged by who replays it. */
export class WriterGone extends Error {}

/** Another process heard the same sender. */
export class SenderMoved extends Error {}

/** What a group of frames changes of a sender. */
export interface Hearing {
  readonly senderId: bigint;
  readonly before: Heard;
  readonly after: Heard;
}

/** Why a row was put aside. */
export interface Letter {
  readonly cause: string;
  readonly attempts: number;
  readonly now: number;
}

const replayRows = 20;

/** Frames on disk, in the order in which their writer took them, until they are in the roll-ups. */
@Injectable()
export class PointLog {
  constructor(private readonly database: Database) {}

  async newWriter(): Promise<bigint> {
    const [row] = await this.database.query<{ writer_id: bigint }>('insert into point_writers default values returning writer_id');
    return row!.writer_id;
  }

  /**
   * Resolves when the frames are on disk and their senders' sequences with them.
   * @throws WriterGone, SenderMoved: nothing is there then. Any other error leaves open whether it is
   */
  async append(
    writer: bigint,
    position: number,
    now: number,
    frames: readonly PointBlock[][],
    hearings: readonly Hearing[],
  ): Promise<void> {
    const bytes = bytesOf(LoggedFrames, { frames: frames.map((blocks) => ({ blocks })) });
    await this.database.transaction(async (tx) => {
      const appended = tx.query(
        `with writer as (select writer_id from point_writers where writer_id = $1 for key share)
         insert into point_log (writer_id, position, received_at, frames) select writer_id, $2, $3, $4 from writer returning position`,
        [writer, position, now, bytes],
      );
      const heard = tx.query(
        `update point_senders set through = new.through, beyond = new.beyond, heard_at = $6
         from unnest($1::int8[], $2::int8[], $3::int4[], $4::int8[], $5::int4[]) as new (sender_id, was_through, was_beyond, through, beyond)
         where point_senders.sender_id = new.sender_id and point_senders.through = was_through and point_senders.beyond = was_beyond
         returning 1`,
        [
          numberArray(hearings.map(({ senderId }) => senderId)),
          numberArray(hearings.map(({ before }) => before.through)),
          numberArray(hearings.map(({ before }) => before.beyond)),
          numberArray(hearings.map(({ after }) => after.through)),
          numberArray(hearings.map(({ after }) => after.beyond)),
          now,
        ],
      );
      const [rows, known] = await Promise.all([appended, heard]);
      if (rows.length === 0) throw new WriterGone('writer_must_be_known');
      if (known.length < hearings.length) throw new SenderMoved('sender_must_be_as_it_was_heard');
    });
  }

  /** The sender's row, made where it is new. */
  async sender(providerId: number, name: string, now: number): Promise<{ senderId: bigint; heard: Heard }> {
    const [row] = await this.database.query<{ sender_id: bigint; through: bigint; beyond: number }>(
      `insert into point_senders (provider_id, name, heard_at) values ($1, $2, $3)
       on conflict (provider_id, name) do update set heard_at = greatest(point_senders.heard_at, excluded.heard_at)
       returning sender_id, through, beyond`,
      [providerId, name, now],
    );
    return { senderId: row!.sender_id, heard: { through: Number(row!.through), beyond: row!.beyond } };
  }

  /** What was heard of senders by all processes together; those that were forgotten are missing. */
  async heard(senderIds: readonly bigint[]): Promise<Map<bigint, Heard>> {
    const rows = await this.database.query<{ sender_id: bigint; through: bigint; beyond: number }>(
      'select sender_id, through, beyond from point_senders where sender_id = any($1::int8[])',
      [numberArray(senderIds)],
    );
    return new Map(rows.map((row) => [row.sender_id, { through: Number(row.through), beyond: row.beyond }]));
  }

  async forgetSenders(heardBefore: number): Promise<void> {
    await this.database.query('delete from point_senders where heard_at < $1', [heardBefore]);
  }

  /** Writers that have been silent for so long, by the database's clock. */
  async silentWriters(seconds: number): Promise<bigint[]> {
    const rows = await this.database.query<{ writer_id: bigint }>(
      'select writer_id from point_writers where seen_at < clock_timestamp() - make_interval(secs => $1) order by writer_id',
      [seconds],
    );
    return rows.map(({ writer_id }) => writer_id);
  }

  async stillThere(writer: bigint): Promise<void> {
    await this.database.query('update point_writers set seen_at = clock_timestamp() where writer_id = $1', [writer]);
  }

  /** Drops what is merged in the same transaction. @throws WriterGone */
  async merged(tx: Tx, writer: bigint, position: number | bigint): Promise<void> {
    const [row] = await tx.query('update point_writers set seen_at = clock_timestamp() where writer_id = $1 returning 1', [writer]);
    if (!row) throw new WriterGone('writer_must_be_known');
    await tx.query('delete from point_log where writer_id = $1 and position <= $2', [writer, position]);
  }

  /** Ends a writer that was silent for so many seconds, which waits for what it has under way. False where another did, or it is not silent. */
  async end(tx: Tx, writer: bigint, silentFor: number): Promise<boolean> {
    const [row] = await tx.query(
      'delete from point_writers where writer_id = $1 and seen_at <= clock_timestamp() - make_interval(secs => $2) returning 1',
      [writer, silentFor],
    );
    return row !== undefined;
  }

  /** Gives a silent writer's log to a writer that nobody is: whoever was it can neither append nor merge. Undefined where another did, or it is not silent. */
  async rename(writer: bigint, silentFor: number): Promise<bigint | undefined> {
    return this.database.transaction(async (tx) => {
      if (!(await this.end(tx, writer, silentFor))) return undefined;
      const [row] = await tx.query<{ writer_id: bigint }>('insert into point_writers default values returning writer_id');
      await tx.query('update point_log set writer_id = $2 where writer_id = $1', [writer, row!.writer_id]);
      return row!.writer_id;
    });
  }

  async positions(writer: bigint): Promise<bigint[]> {
    const rows = await this.database.query<{ position: bigint }>('select position from point_log where writer_id = $1 order by position', [
      writer,
    ]);
    return rows.map(({ position }) => position);
  }

  /** @throws WriterGone: another took it meanwhile */
  async row(tx: Tx, writer: bigint, position: bigint): Promise<{ receivedAt: number; frames: Buffer }> {
    const [row] = await tx.query<{ received_at: bigint; frames: Buffer }>(
      'select received_at, frames from point_log where writer_id = $1 and position = $2',
      [writer, position],
    );
    if (!row) throw new WriterGone('writer_must_be_known');
    return { receivedAt: Number(row.received_at), frames: row.frames };
  }

  /** Out of the log, and among those that wait for nobody. @throws WriterGone */
  async putAside(tx: Tx, writer: bigint, position: bigint, letter: Letter, withFrames: boolean): Promise<void> {
    await tx.query(
      `insert into point_dead_letters (writer_id, position, received_at, frames, cause, attempts, failed_at)
       select writer_id, position, received_at, ${withFrames ? 'frames' : 'null'}, $3, $4, $5 from point_log where writer_id = $1 and position = $2`,
      [writer, position, letter.cause, letter.attempts, letter.now],
    );
    await this.merged(tx, writer, position);
  }

  /** Takes what an ended writer has left in its log, group by group, out of it. */
  async *replay(tx: Tx, writer: bigint): AsyncGenerator<{ receivedAt: number; blocks: PointBlock[] }> {
    for (let after = 0n; ;) {
      const rows = await tx.query<{ position: bigint; received_at: bigint; frames: Buffer }>(
        `select position, received_at, frames from point_log where writer_id = $1 and position > $2 order by position limit ${replayRows}`,
        [writer, after],
      );
      for (const row of rows)
        yield { receivedAt: Number(row.received_at), blocks: LoggedFrames.decode(row.frames).frames.flatMap(({ blocks }) => blocks) };
      if (rows.length < replayRows) break;
      after = rows.at(-1)!.position;
    }
    await tx.query('delete from point_log where writer_id = $1', [writer]);
  }
}
