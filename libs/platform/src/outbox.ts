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

  private add<T>(tx: Tx, message: Message<T>, data: T, event: Pick<Outgoing, 'source' | 'sequence' | 'subject' | 'time'>): void {
    topicOf(message.$type);
    tx.outgoing.push({ ...event, type: message.$type, traceparent: tx.traceparent ?? '', data: message.encode(data).finish() });
  }
}
