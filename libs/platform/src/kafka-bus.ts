// The bus on Kafka. Its topics are made by the table of topics, keys are subjects. Nothing rests on the broker's own notes: readers keep their cursors with
// their effects, groups only share out partitions, and what an idempotent producer does not catch the readers' marks do.
import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { Event, type Topic, topics } from '#contracts';
import { type Bus, mustRise, type News, type Subscription } from './bus.js';
import { KafkaReader } from './kafka-reader.js';
import { readTopics } from './kafka-tail.js';
import { onceSpread } from './kafka-spread.js';
import './kafka-queue.js';
import type { KafkaAddress } from './kafka-url.js';
import type { Logger } from './log.js';

/** A topic's largest message; the exchange's own are smaller. */
const messageBytesMax = 32 << 20;
/** Of a partition: what a relay says at once, and may say again, ends within so many. */
const tailMax = 1_000;
/** Of one request to the brokers; an event that is larger goes alone. */
const requestBytesMax = 4 << 20;
const replicasMax = 3;
const dayMs = 86_400_000;

export class KafkaBus implements Bus {
  private producer: Promise<Producer> | undefined;
  private readonly readers = new Map<string, KafkaReader>();

  private constructor(
    readonly name: string,
    private readonly prefix: string,
    private readonly client: () => Kafka,
    private readonly admin: Admin,
    private readonly log: Logger,
  ) {}

  /** Throws where no broker answers, or a topic is there with other partitions than the table says. */
  static async open({ brokers, name, trust, user }: KafkaAddress, log: Logger): Promise<KafkaBus> {
    let clients = 0;
    const client = () => clientOf({ brokers, name, trust, user }, clients++, log);
    const admin = client().admin();
    await admin.connect();
    try {
      const { clusterId, brokers: nodes } = await admin.describeCluster();
      const bus = new KafkaBus(`kafka/${clusterId}/${name}`, name, client, admin, log);
      await bus.makeTopics(Math.min(replicasMax, nodes.length));
      return bus;
    } catch (error) {
      await admin.disconnect();
      throw error;
    }
  }

  async publish(topic: Topic, events: readonly Event[]): Promise<void> {
    mustRise(events);
    const { partitions } = topics[topic];
    for (const request of requestsOf(events, partitions)) {
      const connecting = (this.producer ??= this.connect());
      const acknowledged = await connecting
        .then((producer) => producer.send({ topic: this.topic(topic), acks: -1, messages: request }))
        .catch((error: unknown) => {
          // An idempotent producer that lost count stays so: the next request is another's.
          if (this.producer === connecting) this.producer = undefined;
          connecting
            .then((producer) => producer.disconnect())
            .catch((err: unknown) => this.log.debug({ err }, 'a producer could not say goodbye'));
          throw error;
        });
      for (const { partition, baseOffset } of acknowledged) {
        const position = Number(baseOffset) + request.filter((message) => message.partition === partition).length;
        for (const reader of this.readers.values()) reader.grew(topic, partition, position);
      }
    }
  }

  subscribe(service: string, topic: Topic, told: (news: News) => void): Subscription {
    const reader = this.readers.getOrInsertComputed(
      service,
      () => new KafkaReader(this.client, this.admin, `${this.prefix}.${service}`, this.log),
    );
    const { partitions } = topics[topic];
    reader.add(topic, this.topic(topic), partitions, told);
    return { partitions, read: (partition, after, _types, limit) => reader.read(topic, partition, after, limit) };
  }

  async start(service: string): Promise<void> {
    await this.readers.get(service)?.start();
  }

  async look(): Promise<void> {
    await Promise.all([...this.readers.values()].map((reader) => reader.look()));
  }

  /** The highest sequence of each source that has been told, and not long ago. */
  async newest(): Promise<ReadonlyMap<string, number>> {
    const newest = new Map<string, number>();
    await this.readAll(
      async (_topic, _partition, events) => {
        for (const { source, sequence } of events) newest.set(source, Math.max(sequence, newest.get(source) ?? 0));
      },
      (low, high) => Math.max(low, high - tailMax),
    );
    return newest;
  }

  /** All that is on the topics, each partition's in its order. @returns where each partition begins and ends */
  async readAll(
    take: (topic: Topic, partition: number, events: readonly Event[]) => Promise<void>,
    from = (low: number, _high: number) => low,
  ): Promise<{ topic: Topic; partition: number; low: number; high: number }[]> {
    const names = new Map((Object.keys(topics) as Topic[]).map((topic) => [this.topic(topic), topic]));
    const ranges = await readTopics(this.client(), this.admin, {
      group: `${this.prefix}.once-${randomUUID()}`,
      topics: [...names.keys()],
      from,
      take: (topic, partition, events) => take(names.get(topic)!, partition, events),
    });
    return ranges.map(({ topic, ...range }) => ({ topic: names.get(topic)!, ...range }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.readers.values()].map((reader) => reader.close()));
    await this.producer?.then((producer) => producer.disconnect());
    await this.admin.disconnect();
  }

  private topic(topic: string): string {
    return `${this.prefix}.${topic}`;
  }

  private async connect(): Promise<Producer> {
    const producer = this.client().producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 6 } });
    await producer.connect();
    return producer;
  }

  private async makeTopics(replicas: number): Promise<void> {
    const all = Object.keys(topics) as Topic[];
    const there = new Set(await this.admin.listTopics());
    const missing = all.filter((topic) => !there.has(this.topic(topic)));
    const wanted = {
      waitForLeaders: true,
      topics: missing.map((topic) => {
        const { partitions, keptDays } = topics[topic];
        return {
          topic: this.topic(topic),
          numPartitions: partitions,
          replicationFactor: replicas,
          configEntries: [
            { name: 'retention.ms', value: String(keptDays === undefined ? -1 : keptDays * dayMs) },
            { name: 'min.insync.replicas', value: String(Math.max(1, replicas - 1)) },
            { name: 'unclean.leader.election.enable', value: 'false' },
            { name: 'max.message.bytes', value: String(messageBytesMax) },
          ],
        };
      }),
    };
    // Asked for again, those that are made already stay as they are.
    await onceSpread(() => this.admin.createTopics(wanted));
    const made = await onceSpread(() => this.admin.fetchTopicMetadata({ topics: all.map((topic) => this.topic(topic)) }));
    for (const topic of all) {
      const { partitions = [] } = made.topics.find(({ name }) => name === this.topic(topic)) ?? {};
      if (partitions.length !== topics[topic].partitions)
        throw new Error(`topic_must_have_its_partitions: ${this.topic(topic)} has ${partitions.length}, not ${topics[topic].partitions}`);
    }
  }
}

/**
 * @param turn each begins at another of the brokers: one that takes connections and says nothing would else be the first that every client asks, which
 *   kafkajs does not leave before it has an answer
 */
function clientOf({ brokers, name, trust, user }: KafkaAddress, turn: number, log: Logger): Kafka {
  const first = turn % brokers.length;
  return new Kafka({
    brokers: [...brokers.slice(first), ...brokers.slice(0, first)],
    clientId: name,
    ...(trust && { ssl: { ...trust } }),
    ...(user && { sasl: { mechanism: 'scram-sha-512', username: user.name, password: user.password } }),
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 6 },
    // What it calls an error it mostly mends itself; what it does not, comes as one to whoever asked.
    logCreator:
      () =>
      ({ level, log: { message, ...detail } }) =>
        log[level === logLevel.ERROR ? 'info' : 'debug']({ kafka: detail }, message),
  });
}

interface Request {
  key: string;
  value: Buffer;
  partition: number;
}

/** The same for every process, now and later: a subject stays in its partition. */
const partitionOf = (subject: string, partitions: number): number => crc32(subject) % partitions;

/** In their order, so that whatever was acknowledged has all of its source before it acknowledged too. */
function requestsOf(events: readonly Event[], partitions: number): Request[][] {
  const requests: Request[][] = [];
  let bytes = Infinity;
  for (const event of events) {
    const value = Buffer.from(Event.encode(event).finish());
    bytes += value.length;
    if (bytes > requestBytesMax) {
      requests.push([]);
      bytes = value.length;
    }
    requests.at(-1)!.push({ key: event.subject, value, partition: partitionOf(event.subject, partitions) });
  }
  return requests;
}
