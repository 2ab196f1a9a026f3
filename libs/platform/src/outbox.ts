// Events leave with the transaction that made them true: written to the outbox before it commits, moved to the bus after.
import { bytesOf, type Message, topicOf } from '#contracts';
import type { Clock } from './clock.js';
import type { Outgoing, Tx } from './database.js';
import { createdIn } from './bus-telemetry.js';
import { traceparent } from './telemetry.js';

/** An event whose publisher keeps its own count, as the market's journal does. */
export interface CountedEvent<T> {
  readonly sequence: number;
  readonly data: T;
  readonly subject: string;
  /** Milliseconds. */
  readonly time: number;
  /** Of what it came of, where that is long over; not said: what is under way. */
  readonly traceparent?: string | undefined;
}

export class Outbox {
  private readonly topics = new Map<string, string>();

  constructor(
    /** The service's name: the source of what it publishes. */
    private readonly source: string,
    private readonly clock: Clock,
  ) {}

  /** `subject` is what it is about ('participant/12'): events of one subject stay in order. */
  async publish<T>(tx: Tx, message: Message<T>, data: T, subject: string): Promise<void> {
    await this.publishAll(tx, message, [{ data, subject }]);
  }

  async publishAll<T>(tx: Tx, message: Message<T>, items: readonly { data: T; subject: string }[]): Promise<void> {
    for (const { data, subject } of items) this.add(tx, message, data, { source: this.source, subject, time: this.clock.now() });
  }

  /**
   * For a publisher that counts for itself: `source` is 'scheduler/0', sequences rise from 1 without a gap over all its messages. What was
   * published before is dropped; a gap fails the transaction.
   */
  async publishAt<T>(tx: Tx, source: string, message: Message<T>, events: readonly CountedEvent<T>[]): Promise<void> {
    for (const { data, ...event } of events) this.add(tx, message, data, { source, ...event });
  }

  /** Writes what the transaction publishes. Done last, since from here until the commit nobody else of these sources can count. */
  async write(tx: Tx): Promise<void> {
    for (const [source, events] of Map.groupBy(tx.outgoing, (event) => event.source)) {
      this.keepTopic(source, events);
      const fresh = source === this.source ? events : await this.unpublished(tx, source, events);
      if (fresh.length) this.count(tx, source, fresh);
    }
  }

  private count(tx: Tx, source: string, events: Outgoing[]): void {
    tx.atCommit(
      `with counted as (
         insert into outbox_source (source, sequence) values ($1, $2)
         on conflict (source) do update set sequence = outbox_source.sequence + excluded.sequence
         returning source, sequence - $2 as before
       )
       insert into outbox (source, sequence, type, subject, time, traceparent, data)
       select counted.source, counted.before + e.nth, e.type, e.subject, e.time, e.traceparent, e.data
       from counted, unnest($3::text[], $4::text[], $5::int8[], $6::text[], $7::bytea[])
         with ordinality as e(type, subject, time, traceparent, data, nth)`,
      [
        source,
        events.length,
        events.map((event) => event.type),
        events.map((event) => event.subject),
        events.map((event) => event.time),
        events.map((event) => event.traceparent),
        events.map((event) => event.data),
      ],
    );
  }

  /** What of a publisher's own count is new; its row stays locked, so the outbox's count is the publisher's. */
  private async unpublished(tx: Tx, source: string, events: Outgoing[]): Promise<Outgoing[]> {
    const [row] = await tx.query<{ sequence: bigint }>(
      `insert into outbox_source (source, sequence) values ($1, 0)
       on conflict (source) do update set sequence = outbox_source.sequence returning sequence`,
      [source],
    );
    const last = Number(row!.sequence);
    const fresh = events.filter((event) => event.sequence! > last);
    const gap = fresh.findIndex((event, index) => event.sequence !== last + 1 + index);
    if (gap >= 0) throw new Error(`events_must_be_published_without_gap: ${source}/${fresh[gap]!.sequence} after ${last + gap}`);
    return fresh;
  }

  /** A reader counts a source within one topic. */
  private keepTopic(source: string, events: Outgoing[]): void {
    for (const { type } of events) {
      const topic = topicOf(type);
      if ((this.topics.get(source) ?? topic) !== topic) throw new Error(`event_source_must_keep_its_topic: ${source}`);
      this.topics.set(source, topic);
    }
  }

  private add<T>(
    tx: Tx,
    message: Message<T>,
    data: T,
    event: Omit<Outgoing, 'type' | 'data' | 'traceparent'> & { traceparent?: string | undefined },
  ): void {
    const { $type: type } = message;
    tx.outgoing.push({ ...event, type, traceparent: createdIn(event.traceparent ?? traceparent(), type), data: bytesOf(message, data) });
  }
}
