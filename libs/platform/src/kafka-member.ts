// A member of a group of readers on Kafka, for as long as the process lives. One whose connections failed is given up and another joins in its place: kafkajs
// would go on with the broker that it asked first, though that may be the one that is gone, and begin again without a pause.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from './log.js';

/** A fetch under way ends after so long at most; a seek waits for it. */
const fetchMsMax = 250;
/** Of a member that says nothing more; brokers take no less by default. */
const sessionMs = 6_000;
const heartbeatMs = 1_000;
/** So long the others wait for a member before they share out its partitions: it hears of that by its heartbeat. */
const rebalanceMs = 3_000;
const againMs = 250;

export interface Hearing {
  /** The group has shared out its partitions: by topic those that are here. */
  shared(assignment: Readonly<Record<string, number[]>>): void;
  took(batch: EachBatchPayload): void;
  /** Nothing is here until they are shared out again. */
  lost(): void;
}

export class KafkaMember {
  private consumer: Consumer | undefined;
  private readonly closing = new AbortController();
  private staying = Promise.resolve();

  constructor(
    private readonly client: () => Kafka,
    private readonly group: string,
    private readonly topics: () => string[],
    private readonly hearing: Hearing,
    private readonly log: Logger,
  ) {}

  /** Throws where no broker answers. What fails later is mended. */
  async start(): Promise<void> {
    const broken = await this.join();
    this.staying = this.stay(broken.promise);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.leave();
    await this.staying;
  }

  seek(topic: string, partition: number, offset: number): void {
    this.consumer!.seek({ topic, partition, offset: String(offset) });
  }

  pause(topic: string, partition: number): void {
    this.consumer!.pause([{ topic, partitions: [partition] }]);
  }

  resume(topic: string, partition: number): void {
    this.consumer!.resume([{ topic, partitions: [partition] }]);
  }

  /** @returns what resolves with the reason when the member is broken */
  private async join(): Promise<PromiseWithResolvers<Error>> {
    const broken = Promise.withResolvers<Error>();
    const consumer = this.client().consumer({
      groupId: this.group,
      sessionTimeout: sessionMs,
      rebalanceTimeout: rebalanceMs,
      heartbeatInterval: heartbeatMs,
      maxWaitTimeInMs: fetchMsMax,
      retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 6, restartOnFailure: () => Promise.resolve(false) },
    });
    this.consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.hearing.shared(payload.memberAssignment));
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => broken.resolve(error));
    await consumer.connect();
    await consumer.subscribe({ topics: this.topics(), fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async (batch) => this.hearing.took(batch) });
    // Closed while it joined: what was said goodbye to was not connected yet.
    if (this.closing.signal.aborted) await this.leave();
    return broken;
  }

  private async stay(broken: Promise<Error>): Promise<void> {
    const { signal } = this.closing;
    const closed = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
    for (let next = broken; ;) {
      const error = await Promise.race([next, closed]);
      if (!error) return;
      this.hearing.lost();
      this.log.info({ err: error, group: this.group }, 'a reader of the bus begins again');
      await this.leave();
      await sleep(againMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      next = this.join().then(
        ({ promise }) => promise,
        (failed: Error) => failed,
      );
    }
  }

  private async leave(): Promise<void> {
    await this.consumer?.disconnect().catch((err: unknown) => this.log.debug({ err }, 'a reader of the bus could not say goodbye'));
  }
}
