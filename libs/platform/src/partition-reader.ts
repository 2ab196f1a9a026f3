// One service's reader of one partition. A batch of events, the record that they were seen, their effects and what they publish commit together.
// Where a batch fails its events go one by one, each with a few attempts; the one that keeps failing becomes a dead letter and is passed.
import pg from 'pg';
import type { Event } from '#contracts';
import type { Activity, Loop } from './activity.js';
import type { News, Placed, Subscription } from './bus.js';
import type { Database, Tx } from './database.js';
import { isAway, messageOf } from './fault.js';
import type { Logger } from './log.js';
import { Refusal } from './refusal.js';
import { Seen } from './seen.js';

/** Events of one transaction: the fewer bound where it takes long, the other where many wait and it goes fast, since what a batch costs beside its events is shared. */
const batchMin = 500;
export const batchMax = 4_000;
/** A full batch that took less is followed by one of twice as many, one that took twice as long by one of half. */
const batchMs = 150;
const passedMax = 5_000;
/** Appends that may wait here; those beyond are read. */
const handedMax = 100;
const attemptsMax = 5;
const attemptPauseMs = 20;
/** Until it is looked again whether another replica has left the partition. */
const elsewherePauseMs = 50;
/** SQLSTATE: the server's disk or system fails it. */
const systemError = /^58/;

/** The event is not to blame: the database, its disk or another service is away, and time may help. */
export const isOutage = (error: unknown): boolean =>
  error instanceof Refusal
    ? error.kind === 'unavailable'
    : isAway(error) || (error instanceof pg.DatabaseError && systemError.test(error.code ?? ''));

/** Another replica of the service reads this partition. */
class ReadElsewhere extends Error {}

/** What the readers of one service's topic have in common. */
export interface Reading {
  readonly service: string;
  readonly topic: string;
  readonly subscription: Subscription;
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => number;
  readonly types: ReadonlySet<string>;
  deliver(tx: Tx, event: Event): Promise<void>;
}

export class PartitionReader {
  readonly loop: Loop;
  /** As the database has it; undefined until it has been read. */
  private cursor: number | undefined;
  /** Events read after the cursor that concern no handler: recorded together with the next that does. */
  private passed: Placed[] = [];
  /** What this process appended, handed over without reading it back. */
  private handed: { after: number; placed: readonly Placed[] }[] = [];
  /** Newest position that is known of; 0 where the partition is read elsewhere. */
  private head = 0;
  /** Events to be taken at once. */
  private batch = batchMin;

  constructor(
    private readonly of: Reading,
    private readonly partition: number,
    private readonly activity: Activity,
  ) {
    this.loop = activity.loop(`${of.service}'s reader of ${of.topic}/${partition}`, of.log, () => this.round());
  }

  told({ position, appended }: News): void {
    if (appended && this.handed.length < handedMax) this.handed.push(appended);
    if (position <= this.head) return;
    this.head = position;
    this.loop.wake();
  }

  /** Events that wait here. */
  get lag(): number {
    return Math.max(0, this.head - this.position);
  }

  /** Of the event read last. */
  private get position(): number {
    return this.passed.at(-1)?.position ?? this.cursor ?? 0;
  }

  private async round(): Promise<boolean> {
    this.cursor ??= await this.readCursor();
    const asked = this.batch;
    const next = await this.next();
    if (next === 'elsewhere') return this.leave();
    if (!next.length) return this.lag > 0;
    const placed = [...this.passed, ...next];
    try {
      if (placed.length < passedMax && !placed.some(({ event }) => this.of.types.has(event.type))) this.passed = placed;
      else await this.handleAll(placed);
    } catch (error) {
      if (!(error instanceof ReadElsewhere)) throw error;
      this.forget();
      await this.loop.pause(elsewherePauseMs);
      return true;
    }
    return next.length >= asked || this.lag > 0;
  }

  /** What is told next wakes it. */
  private leave(): boolean {
    this.forget();
    this.head = 0;
    return false;
  }

  private forget(): void {
    this.cursor = undefined;
    this.passed = [];
  }

  /** What follows the position: handed over where that begins there, else read. */
  private async next(): Promise<readonly Placed[] | 'elsewhere'> {
    const next: Placed[] = [];
    let at = this.position;
    while (this.handed.length && next.length < this.batch) {
      const { after, placed } = this.handed[0]!;
      if (next.length && next.length + placed.length > batchMax) break;
      this.handed.shift();
      if (after !== at) continue;
      next.push(...placed);
      at = placed.at(-1)!.position;
    }
    return next.length ? next : this.of.subscription.read(this.partition, at, [...this.of.types], this.batch);
  }

  private async handleAll(placed: Placed[]): Promise<void> {
    const began = performance.now();
    try {
      await this.handle(placed);
      const took = performance.now() - began;
      if (took < batchMs && placed.length >= this.batch) this.batch = Math.min(batchMax, 2 * this.batch);
      else if (took > 2 * batchMs) this.batch = Math.max(batchMin, Math.ceil(this.batch / 2));
    } catch (error) {
      if (error instanceof ReadElsewhere) throw error;
      this.batch = batchMin;
      if (placed.length > batchMin) return this.handleParts(placed);
      if (placed.length > 1) this.of.log.info({ err: error, topic: this.of.topic }, 'a batch of events failed; they go one by one');
      this.passed = [];
      for (const one of placed) if (!this.loop.isStopping) await this.handleAlone(one);
    }
  }

  /** Few of many are to blame. */
  private async handleParts(placed: Placed[]): Promise<void> {
    this.passed = [];
    for (let from = 0; from < placed.length && !this.loop.isStopping; from += batchMin)
      await this.handleAll(placed.slice(from, from + batchMin));
  }

  private async handle(placed: Placed[]): Promise<void> {
    const position = placed.at(-1)!.position;
    await this.of.database.transaction(async (tx) => {
      const seen = await this.open(tx);
      for (const { event } of placed) if (seen.add(event.source, event.sequence)) await this.of.deliver(tx, event);
      this.advance(tx, position, seen);
    });
    this.activity.worked += placed.length;
    this.cursor = position;
    this.passed = [];
  }

  private async handleAlone(placed: Placed): Promise<void> {
    for (let attempt = 1; !this.loop.isStopping;) {
      try {
        return await this.handle([placed]);
      } catch (error) {
        if (error instanceof ReadElsewhere || isOutage(error)) throw error;
        if (attempt === attemptsMax) return await this.bury(placed, attempt, messageOf(error));
        await this.loop.pause(attemptPauseMs * 4 ** (attempt++ - 1));
      }
    }
  }

  private async bury({ position, event }: Placed, attempts: number, cause: string): Promise<void> {
    await this.of.database.transaction(async (tx) => {
      const seen = await this.open(tx);
      seen.add(event.source, event.sequence);
      await tx.query(
        `insert into dead_letter (source, sequence, type, subject, time, traceparent, data, cause, attempts, failed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
        [
          ...[event.source, event.sequence, event.type, event.subject, event.time, event.traceparent, event.data],
          ...[cause, attempts, this.of.now()],
        ],
      );
      this.advance(tx, position, seen);
    });
    this.activity.worked += 1;
    this.cursor = position;
    this.of.log.error({ event: event.id, type: event.type, cause, attempts }, 'an event became a dead letter');
  }

  private async readCursor(): Promise<number> {
    const key = [this.of.topic, this.partition];
    await this.of.database.query('insert into inbox_cursor (topic, partition, position) values ($1, $2, 0) on conflict do nothing', key);
    const [row] = await this.of.database.query<{ position: bigint }>(
      'select position from inbox_cursor where topic = $1 and partition = $2',
      key,
    );
    return Number(row!.position);
  }

  /** Locks the cursor, so that one replica at a time reads the partition, and answers what has been seen. */
  private async open(tx: Tx): Promise<Seen> {
    const { service, topic } = this.of;
    const [row] = await tx.query<{ position: bigint; marks: [string, number][] }>(
      `select position,
         coalesce((select jsonb_agg(jsonb_build_array(source, sequence)) from inbox where topic = $1 and partition = $2), '[]') as marks
       from inbox_cursor where topic = $1 and partition = $2 for update skip locked`,
      [topic, this.partition],
    );
    if (!row || Number(row.position) !== this.cursor)
      throw new ReadElsewhere(`${service} reads ${topic}/${this.partition} in another process`);
    return new Seen(row.marks);
  }

  private advance(tx: Tx, position: number, seen: Seen): void {
    const changes = seen.changes();
    tx.atCommit(
      `with cursor as (update inbox_cursor set position = $3 where topic = $1 and partition = $2)
       insert into inbox (topic, partition, source, sequence)
       select $1, $2, mark.source, mark.sequence from unnest($4::text[], $5::int8[]) as mark(source, sequence)
       on conflict (topic, partition, source) do update set sequence = excluded.sequence`,
      [this.of.topic, this.partition, position, changes.map(([source]) => source), changes.map(([, sequence]) => sequence)],
    );
  }
}
