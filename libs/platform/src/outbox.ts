// Events leave with the transaction that made them true: written to the outbox before it commits, moved to the bus after.
import { type Message, topicOf } from '#contracts';
import type { Clock } from './clock.js';
import type { Outgoing, Tx } from './database.js';

/** An event whose publisher keeps its own count, as the market's journal does. */
export interface CountedEvent<T> {
  readonly sequence: number;
  readonly data: T;
  readonly subject: string;
  /** Milliseconds. */
  readonly time: number;
}

export class Outbox {
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
    for (const { sequence, data, subject, time } of events) this.add(tx, message, data, { source, sequence, subject, time });
  }

  /** Writes what the transaction publishes. Done last, since from here until the commit nobody else of these sources can count. */
  async write(tx: Tx): Promise<void> {
    for (const [source, events] of Map.groupBy(tx.outgoing, (event) => event.source)) {
      const topic = topicOf(events[0]!.type);
      if (events.some((event) => topicOf(event.type) !== topic)) throw new Error(`event_source_must_keep_its_topic: ${source}`);
      if (source === this.source) await this.count(tx, topic, events);
      else await this.check(tx, source, topic, events);
    }
  }

  private async count(tx: Tx, topic: string, events: Outgoing[]): Promise<void> {
    const [counted] = await tx.query<{ source: string }>(
      `with counted as (
         insert into outbox_source (source, topic, sequence) values ($1, $2, $3)
         on conflict (source) do update set sequence = outbox_source.sequence + excluded.sequence where outbox_source.topic = excluded.topic
         returning source, sequence - $3 as before
       ), written as (
         insert into outbox (source, sequence, type, subject, time, traceparent, data)
         select counted.source, counted.before + e.nth, e.type, e.subject, e.time, e.traceparent, e.data from counted, ${columns('$4')}
       )
       select source from counted`,
      [this.source, topic, events.length, ...columnsOf(events)],
    );
    if (!counted) throw new Error(`event_source_must_keep_its_topic: ${this.source}`);
  }

  private async check(tx: Tx, source: string, topic: string, events: Outgoing[]): Promise<void> {
    const [before] = await tx.query<{ topic: string; sequence: bigint }>(
      `insert into outbox_source (source, topic, sequence) values ($1, $2, 0)
       on conflict (source) do update set sequence = outbox_source.sequence returning topic, sequence`,
      [source, topic],
    );
    if (before!.topic !== topic) throw new Error(`event_source_must_keep_its_topic: ${source}`);
    const last = Number(before!.sequence);
    const fresh = events.filter((event) => event.sequence! > last);
    if (!fresh.length) return;
    const gap = fresh.findIndex((event, index) => event.sequence !== last + 1 + index);
    if (gap >= 0) throw new Error(`events_must_be_published_without_gap: ${source}/${fresh[gap]!.sequence} after ${last + gap}`);
    await tx.query(
      `with counted as (update outbox_source set sequence = sequence + $2 where source = $1 returning source, sequence - $2 as before)
       insert into outbox (source, sequence, type, subject, time, traceparent, data)
       select counted.source, counted.before + e.nth, e.type, e.subject, e.time, e.traceparent, e.data from counted, ${columns('$3')}`,
      [source, fresh.length, ...columnsOf(fresh)],
    );
  }

  private add<T>(tx: Tx, message: Message<T>, data: T, event: Pick<Outgoing, 'source' | 'sequence' | 'subject' | 'time'>): void {
    topicOf(message.$type);
    tx.outgoing.push({ ...event, type: message.$type, traceparent: tx.traceparent ?? '', data: message.encode(data).finish() });
  }
}

/** The events' columns as rows numbered from 1, from five parameters beginning with `first`. */
function columns(first: `$${number}`): string {
  const at = Number(first.slice(1));
  return `unnest($${at}::text[], $${at + 1}::text[], $${at + 2}::int8[], $${at + 3}::text[], $${at + 4}::bytea[])
    with ordinality as e(type, subject, time, traceparent, data, nth)`;
}

const columnsOf = (events: Outgoing[]): unknown[][] => [
  events.map((event) => event.type),
  events.map((event) => event.subject),
  events.map((event) => event.time),
  events.map((event) => event.traceparent),
  events.map((event) => event.data),
];
