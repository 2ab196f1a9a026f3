// All that one service reads of one topic: a reader for each partition, and its dead letters.
import { DeadLetter, type Event, type Topic } from '#contracts';
import type { Activity } from './activity.js';
import type { Bus, Subscription } from './bus.js';
import { processing } from './bus-telemetry.js';
import type { Call } from './call.js';
import type { Database, Tx } from './database.js';
import { messageOf } from './fault.js';
import type { Logger } from './log.js';
import type { EventMeta } from './on.js';
import { PartitionReader, type Reading } from './partition-reader.js';
import { absent, conflict, Refusal } from './refusal.js';

/** All a service does on an event of one type, in order, from its encoded form. */
export type TypeHandler = (data: Uint8Array, tx: Tx, meta: EventMeta) => Promise<void>;

export class Consumer implements Reading {
  readonly subscription: Subscription;
  readonly types: ReadonlySet<string>;
  readonly readers: readonly PartitionReader[];

  constructor(
    readonly service: string,
    readonly topic: Topic,
    private readonly handlers: ReadonlyMap<string, TypeHandler>,
    readonly database: Database,
    bus: Bus,
    readonly log: Logger,
    activity: Activity,
    readonly now: () => number,
  ) {
    this.types = new Set(handlers.keys());
    this.subscription = bus.subscribe(service, topic, (news) => this.readers[news.partition]!.told(news));
    this.readers = Array.from({ length: this.subscription.partitions }, (_, partition) => new PartitionReader(this, partition, activity));
  }

  /** Events that wait here. */
  get lag(): number {
    return this.readers.reduce((sum, reader) => sum + reader.lag, 0);
  }

  async deliver(tx: Tx, event: Event): Promise<void> {
    const { type, source, sequence, subject, time, data } = event;
    const handle = this.handlers.get(type);
    if (handle) await processing(this.service, this.topic, event, () => handle(data, tx, { source, sequence, time, subject }));
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
