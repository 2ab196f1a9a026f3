// One service's reader of one topic. A batch of events, the record that they were seen, their effects and what they publish commit together.
// Where a batch fails its events go one by one, each with a few attempts; the one that keeps failing becomes a dead letter and is passed.
import pg from 'pg';
import { DeadLetter, type Event } from '#contracts';
import type { Activity, Loop } from './activity.js';
import type { Bus, Placed } from './bus.js';
import type { Call } from './call.js';
import type { Database, Tx } from './database.js';
import { codeOf, messageOf } from './fault.js';
import type { Logger } from './log.js';
import type { EventMeta } from './on.js';
import { absent, conflict, Refusal } from './refusal.js';
import { Seen } from './seen.js';

const batch = 500;
const passedMax = 5_000;
/** Appends that may wait here; those beyond are read. */
const handedMax = 100;
const attemptsMax = 5;
const attemptPauseMs = 20;

/** All a service does on an event of one type, in order, from its encoded form. */
export type TypeHandler = (data: Uint8Array, tx: Tx, meta: EventMeta) => Promise<void>;

/** How the driver says that its connection is gone. */
const lostConnection = /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** The event is not to blame: the database or another service is away, and time may help. */
const isOutage = (error: unknown): boolean =>
  error instanceof Refusal
    ? error.kind === 'unavailable'
    : error instanceof pg.DatabaseError
      ? /^(08|53|57P|58)/.test(error.code ?? '')
      : /^(ECONN|EPIPE|ENOENT)/.test(codeOf(error)) || lostConnection.test(messageOf(error));

/** Another replica of the service reads this topic. */
class ReadElsewhere extends Error {}

export class Consumer {
  readonly loop: Loop;
  /** As the database has it; undefined until it has been read. */
  private cursor: number | undefined;
  /** Events read after the cursor that concern no handler: recorded together with the next that does. */
  private passed: Placed[] = [];
  /** What this process appended, handed over without reading it back. */
  private handed: { after: number; placed: readonly Placed[] }[] = [];
  /** Newest position that is known of. */
  private head = 0;

  constructor(
    private readonly service: string,
    readonly topic: string,
    private readonly handlers: ReadonlyMap<string, TypeHandler>,
    private readonly database: Database,
    private readonly bus: Bus,
    private readonly log: Logger,
    activity: Activity,
    private readonly now: () => number,
  ) {
    this.loop = activity.loop(`${service}'s reader of ${topic}`, log, () => this.round());
    bus.watch(topic, ({ position, appended }) => {
      if (appended && this.handed.length < handedMax) this.handed.push(appended);
      if (position <= this.head) return;
      this.head = position;
      this.loop.wake();
    });
  }

  /** Of the event read last. */
  private get position(): number {
    return this.passed.at(-1)?.position ?? this.cursor ?? 0;
  }

  private async round(): Promise<boolean> {
    this.cursor ??= await this.readCursor();
    const next = await this.next();
    if (!next.length) return false;
    const placed = [...this.passed, ...next];
    try {
      if (placed.length < passedMax && !placed.some(({ event }) => this.handlers.has(event.type))) this.passed = placed;
      else await this.handleAll(placed);
    } catch (error) {
      if (!(error instanceof ReadElsewhere)) throw error;
      this.cursor = undefined;
      this.passed = [];
      return false;
    }
    return next.length >= batch || this.position < this.head;
  }

  /** What follows the position: handed over where that begins there, else read. */
  private async next(): Promise<readonly Placed[]> {
    const next: Placed[] = [];
    let at = this.position;
    while (this.handed.length && next.length < batch) {
      const { after, placed } = this.handed.shift()!;
      if (after !== at) continue;
      next.push(...placed);
      at = placed.at(-1)!.position;
    }
    return next.length ? next : this.bus.read(this.topic, at, [...this.handlers.keys()], batch);
  }

  private async handleAll(placed: Placed[]): Promise<void> {
    try {
      await this.handle(placed);
    } catch (error) {
      if (error instanceof ReadElsewhere) throw error;
      if (placed.length > 1) this.log.info({ err: error, topic: this.topic }, 'a batch of events failed; they go one by one');
      this.passed = [];
      for (const one of placed) if (!this.loop.isStopping) await this.handleAlone(one);
    }
  }

  private async handle(placed: Placed[]): Promise<void> {
    const position = placed.at(-1)!.position;
    await this.database.transaction(async (tx) => {
      const seen = await this.open(tx);
      for (const { event } of placed) if (seen.add(event.source, event.sequence)) await this.deliver(tx, event);
      this.advance(tx, position, seen);
    });
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
    await this.database.transaction(async (tx) => {
      const seen = await this.open(tx);
      seen.add(event.source, event.sequence);
      await tx.query(
        `insert into dead_letter (source, sequence, type, subject, time, traceparent, data, cause, attempts, failed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
        [
          ...[event.source, event.sequence, event.type, event.subject, event.time, event.traceparent, event.data],
          ...[cause, attempts, this.now()],
        ],
      );
      this.advance(tx, position, seen);
    });
    this.cursor = position;
    this.log.error({ event: event.id, type: event.type, cause, attempts }, 'an event became a dead letter');
  }

  private async deliver(tx: Tx, { type, source, sequence, subject, time, traceparent, data }: Event): Promise<void> {
    await this.handlers.get(type)?.(data, { ...tx, traceparent }, { source, sequence, time, subject, traceparent });
  }

  private async readCursor(): Promise<number> {
    await this.database.query('insert into inbox_cursor (topic, position) values ($1, 0) on conflict do nothing', [this.topic]);
    const [row] = await this.database.query<{ position: bigint }>('select position from inbox_cursor where topic = $1', [this.topic]);
    return Number(row!.position);
  }

  /** Locks the cursor, so that one replica at a time reads the topic, and answers what has been seen. */
  private async open(tx: Tx): Promise<Seen> {
    const [row] = await tx.query<{ position: bigint; upTo: [string, number][]; ahead: [string, number][] }>(
      `select position,
         coalesce((select jsonb_agg(jsonb_build_array(source, sequence)) from inbox where topic = $1), '[]') as "upTo",
         coalesce((select jsonb_agg(jsonb_build_array(source, sequence)) from inbox_ahead where topic = $1), '[]') as ahead
       from inbox_cursor where topic = $1 for update skip locked`,
      [this.topic],
    );
    if (!row || Number(row.position) !== this.cursor) throw new ReadElsewhere(`${this.service} reads ${this.topic} in another process`);
    return new Seen(row.upTo, row.ahead);
  }

  private advance(tx: Tx, position: number, seen: Seen): void {
    const changes = seen.changes();
    tx.atCommit(
      `with cursor as (update inbox_cursor set position = $2 where topic = $1),
         settled as (delete from inbox_ahead a using unnest($3::text[], $4::int8[]) as c(source, up_to)
                     where a.topic = $1 and a.source = c.source and a.sequence <= c.up_to),
         overtaking as (insert into inbox_ahead (topic, source, sequence)
                        select $1, o.source, o.sequence from unnest($5::text[], $6::int8[]) as o(source, sequence) on conflict do nothing)
       insert into inbox (topic, source, sequence) select $1, c.source, c.up_to from unnest($3::text[], $4::int8[]) as c(source, up_to)
       on conflict (topic, source) do update set sequence = excluded.sequence`,
      [
        this.topic,
        position,
        changes.map(({ source }) => source),
        changes.map(({ upTo }) => upTo),
        changes.flatMap(({ source, ahead }) => ahead.map(() => source)),
        changes.flatMap(({ ahead }) => ahead),
      ],
    );
  }

  /** Hands a dead letter to its handlers once more. Throws absent, or conflict where it was replayed or fails again. */
  async replay(call: Call, letter: { source: string; sequence: number }): Promise<DeadLetter> {
    const key = [letter.source, letter.sequence];
    try {
      return await this.database.once(call, DeadLetter, async (tx) => {
        const [row] = await tx.query<DeadLetterRow & { time: bigint; subject: string; traceparent: string; data: Buffer }>(
          'select * from dead_letter where source = $1 and sequence = $2 for update',
          key,
        );
        if (!row) throw absent(`dead letter ${letter.source}/${letter.sequence} of ${this.service}`);
        if (row.replayed_at !== null) throw conflict('dead_letter_must_not_be_replayed_twice', 'it was replayed before');
        await this.deliver(tx, { ...row, id: '', sequence: letter.sequence, time: Number(row.time) });
        tx.atCommit('update dead_letter set replayed_at = $3 where source = $1 and sequence = $2', [...key, this.now()]);
        return deadLetterOf(this.service, { ...row, replayed_at: BigInt(this.now()) });
      });
    } catch (error) {
      if (
        error instanceof Refusal &&
        ['entity_must_exist', 'dead_letter_must_not_be_replayed_twice', 'idempotency_key_must_not_be_reused'].includes(error.rule)
      )
        throw error;
      const update = 'update dead_letter set attempts = attempts + 1, cause = $3, failed_at = $4 where source = $1 and sequence = $2';
      await this.database.query(update, [...key, messageOf(error), this.now()]);
      throw conflict('event_must_be_handled', messageOf(error));
    }
  }
}

export interface DeadLetterRow {
  source: string;
  sequence: bigint;
  type: string;
  cause: string;
  attempts: number;
  failed_at: bigint;
  replayed_at: bigint | null;
}

export const deadLetterOf = (consumer: string, row: DeadLetterRow): DeadLetter => ({
  consumer,
  eventSource: row.source,
  sequence: Number(row.sequence),
  type: row.type,
  cause: row.cause,
  attempts: row.attempts,
  failedAt: Number(row.failed_at),
  replayed: row.replayed_at !== null,
});
