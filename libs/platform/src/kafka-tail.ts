// Reads topics on Kafka once, up to where they end now, in a group that goes afterwards: what is on them is looked at, and nobody's place changes.
import type { Admin, Kafka } from 'kafkajs';
import { Event } from '#contracts';
import { onceSpread } from './kafka-spread.js';

export interface Once {
  readonly group: string;
  readonly topics: readonly string[];
  /** At which offset to begin, of a partition that begins and ends there. */
  readonly from: (low: number, high: number) => number;
  /** Events of a partition in their order. */
  readonly take: (topic: string, partition: number, events: readonly Event[]) => Promise<void>;
}

/** So often a reader that lost its brokers, or found a group's coordinator still loading, begins again where it was. */
const restartsMax = 10;

export interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/** Resolves when all was taken. @throws what `take` throws, or where the brokers do not answer */
export async function readTopics(kafka: Kafka, admin: Admin, { group, topics, from, take }: Once): Promise<Range[]> {
  const ranges: Range[] = [];
  for (const topic of topics)
    for (const { partition, low, high } of await onceSpread(() => admin.fetchTopicOffsets(topic)))
      ranges.push({ topic, partition, low: Number(low), high: Number(high) });
  const left = new Map(
    ranges
      .filter(({ low, high }) => high > low)
      .map(({ topic, partition, low, high }) => [`${topic}/${partition}`, { topic, partition, next: from(low, high), high }]),
  );
  if (!left.size) return ranges;
  const done = Promise.withResolvers<void>();
  // Whatever fails before anybody waits for it is told to the one who does.
  const isDone = done.promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  let restarts = 0;
  const consumer = kafka.consumer({
    groupId: group,
    maxWaitTimeInMs: 250,
    retry: { retries: 6, restartOnFailure: () => Promise.resolve(++restarts <= restartsMax) },
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (!restart) done.reject(error);
  });
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const { topic, partition, next } of left.values()) consumer.seek({ topic, partition, offset: String(next) });
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...new Set([...left.values()].map(({ topic }) => topic))], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { topic, partition, messages } }) => {
        const range = left.get(`${topic}/${partition}`);
        if (!range) return;
        const fresh = messages.filter(({ offset }) => Number(offset) >= range.next && Number(offset) < range.high);
        range.next = Math.max(range.next, Number(messages.at(-1)!.offset) + 1);
        await take(
          topic,
          partition,
          fresh.map(({ value }) => Event.decode(value!)),
        ).catch(done.reject);
        if (range.next < range.high) return;
        left.delete(`${topic}/${partition}`);
        if (!left.size) done.resolve();
      },
    });
    const failed = await isDone;
    if (failed) throw failed.error;
  } finally {
    await consumer.disconnect();
    // One that stays is nobody's, and the brokers forget it by themselves: what was read is read all the same.
    await admin.deleteGroups([group]).catch(() => undefined);
  }
  return ranges;
}
