// The event bus: a port. A topic is divided into partitions; each keeps its events' order, and all events of one subject are in one.
import type { Event, Topic } from '#contracts';

export interface Placed {
  /** Rises along the partition; may skip. */
  readonly position: number;
  /** Perhaps without data where its type was not asked for. */
  readonly event: Event;
}

/** A partition has grown, or has come to this process. */
export interface News {
  readonly partition: number;
  /** Of its newest event; 0 where there is none. */
  readonly position: number;
  /** What was appended after position `after`, where this process did it: nobody here need read it. */
  readonly appended?: { readonly after: number; readonly placed: readonly Placed[] };
}

/** A service's way to read a topic. Its replicas share the topic's partitions. */
export interface Subscription {
  readonly partitions: number;
  /**
   * Events after a position, the oldest first, at most `limit`; none where there are none yet, or none came in a second. 'elsewhere' where another replica
   * is given the partition. Throws where the bus does not have what follows the position, or is away.
   */
  read(partition: number, after: number, types: readonly string[], limit: number): Promise<readonly Placed[] | 'elsewhere'>;
}

export interface Bus {
  /** An exchange's cursors hold on the bus of this name alone. */
  readonly name: string;
  /**
   * Appends events of one topic in their order; an event that is there already may be there twice then. Resolves when they cannot be lost any more. Throws
   * events_must_rise_by_source before anything is appended, or where it is not known that all were.
   */
  publish(topic: Topic, events: readonly Event[]): Promise<void>;
  /** `told` is called when a partition grows or comes here, perhaps more than once; while a connection is down it may miss it. */
  subscribe(service: string, topic: Topic, told: (news: News) => void): Subscription;
  /** The service has subscribed to all that it reads: it takes its share of the partitions and is told. */
  start(service: string): Promise<void>;
  /** Tells of all that any process has appended by now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** Readers take an event that is not above its source's mark for seen: one out of order would be lost, so it is never let in. */
export function mustRise(events: readonly Event[]): void {
  const last = new Map<string, number>();
  for (const { source, sequence } of events) {
    const before = last.get(source) ?? 0;
    if (sequence <= before) throw new Error(`events_must_rise_by_source: ${source}/${sequence} after ${before}`);
    last.set(source, sequence);
  }
}
