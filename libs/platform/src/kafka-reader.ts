// One service's member of its group of readers on Kafka. kafkajs pushes batches of the partitions that it was given; here they wait, within bounds, for
// the readers that ask for what follows their cursor. A cursor that moved, or a batch that does not join on, seeks.
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { Event } from '#contracts';
import type { News, Placed } from './bus.js';
import { onceSpread } from './kafka-spread.js';
import type { Logger } from './log.js';

/** A fetch under way ends after so long at most; a seek waits for it. */
const fetchMsMax = 250;
const sessionMs = 10_000;
const heartbeatMs = 2_000;
const arrivalMsMax = 1_000;
/** Events of a partition that may wait here; then it is paused until half of them are taken. */
const waitingMax = 4_000;

/** One partition, as this process sees it. Positions are offsets + 1: that of the event taken last is the offset of the next. */
interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly told: (news: News) => void;
  isHere: boolean;
  isPaused: boolean;
  /** Newest position known of. */
  head: number;
  /** Position of the event that was taken last; undefined until a reader asked. */
  taken: number | undefined;
  waiting: Placed[];
  arrived: (() => void)[];
}

export class KafkaReader {
  private readonly consumer: Consumer;
  /** By the exchange's names of topics. */
  private readonly lanes = new Map<string, Lane[]>();
  /** Until the group has shared out its partitions nobody knows which are here. */
  private isShared = false;

  constructor(
    kafka: Kafka,
    private readonly admin: Admin,
    private readonly group: string,
    log: Logger,
  ) {
    this.consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      // A rebalance waits no longer for a member that is gone.
      rebalanceTimeout: sessionMs,
      heartbeatInterval: heartbeatMs,
      maxWaitTimeInMs: fetchMsMax,
      retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 6, restartOnFailure: () => Promise.resolve(true) },
    });
    this.consumer.on(this.consumer.events.GROUP_JOIN, ({ payload }) => this.shared(payload.memberAssignment));
    this.consumer.on(this.consumer.events.CRASH, ({ payload: { error } }) =>
      log.info({ err: error, group }, 'a reader of the bus begins again'),
    );
  }

  /** `kafkaTopic`: its name on the brokers. */
  add(topic: string, kafkaTopic: string, partitions: number, told: (news: News) => void): void {
    const lane = (partition: number): Lane => ({
      ...{ topic: kafkaTopic, partition, told, head: 0 },
      ...{ isHere: false, isPaused: false, taken: undefined, waiting: [], arrived: [] },
    });
    this.lanes.set(
      topic,
      Array.from({ length: partitions }, (_, partition) => lane(partition)),
    );
  }

  async start(): Promise<void> {
    await this.look();
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.lanes.values()].map(([lane]) => lane!.topic), fromBeginning: true });
    await this.consumer.run({ autoCommit: false, eachBatch: async (batch) => this.took(batch) });
  }

  async look(): Promise<void> {
    for (const lanes of this.lanes.values())
      for (const { partition, high } of await onceSpread(() => this.admin.fetchTopicOffsets(lanes[0]!.topic)))
        this.heard(lanes[partition]!, Number(high));
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
  }

  /** This process appended to a partition. */
  grew(topic: string, partition: number, position: number): void {
    const lane = this.lanes.get(topic)?.[partition];
    if (lane) this.heard(lane, position);
  }

  async read(topic: string, partition: number, after: number, limit: number): Promise<readonly Placed[] | 'elsewhere'> {
    const lane = this.lanes.get(topic)![partition]!;
    if (!this.isShared) await arrival(lane);
    if (!this.isShared) return [];
    if (!lane.isHere) return 'elsewhere';
    if (lane.taken !== after) await this.place(lane, after);
    if (!lane.waiting.length && lane.head > after && !(await arrival(lane))) lane.taken = undefined;
    if (lane.taken !== after) return [];
    const taken = lane.waiting.splice(0, limit);
    lane.taken = taken.at(-1)?.position ?? after;
    if (lane.isPaused && lane.waiting.length <= waitingMax / 2) this.resume(lane);
    return taken;
  }

  /** Throws where the partition does not go on from there: what is missing must not be passed in silence. */
  private async place(lane: Lane, after: number): Promise<void> {
    const { topic, partition } = lane;
    const { low, high } = (await this.admin.fetchTopicOffsets(topic)).find((offsets) => offsets.partition === partition)!;
    if (after < Number(low))
      throw new Error(`events_must_be_read_before_they_expire: ${this.group} at ${after}, ${topic}/${partition} begins at ${low}`);
    if (after > Number(high)) throw new Error(`events_must_not_vanish: ${this.group} at ${after}, ${topic}/${partition} ends at ${high}`);
    if (!lane.isHere) return;
    lane.waiting = [];
    lane.taken = after;
    this.heard(lane, Number(high));
    this.seek(lane, after);
    this.resume(lane);
  }

  private seek({ topic, partition }: Lane, offset: number): void {
    this.consumer.seek({ topic, partition, offset: String(offset) });
  }

  private resume(lane: Lane): void {
    if (lane.isPaused) this.consumer.resume([{ topic: lane.topic, partitions: [lane.partition] }]);
    lane.isPaused = false;
  }

  /** The group has shared out its partitions; what was fetched before may have been read elsewhere since. */
  private shared(assignment: Readonly<Record<string, number[]>>): void {
    this.isShared = true;
    for (const lane of this.all()) {
      lane.isHere = assignment[lane.topic]?.includes(lane.partition) ?? false;
      lane.waiting = [];
      lane.taken = undefined;
      if (lane.isHere) this.resume(lane);
      wake(lane);
      lane.told({ partition: lane.partition, position: lane.head });
    }
  }

  private took(payload: EachBatchPayload): void {
    const { batch } = payload;
    const lane = this.all().find(({ topic, partition }) => topic === batch.topic && partition === batch.partition);
    if (!lane?.isHere || lane.taken === undefined || payload.isStale()) return;
    let next = lane.waiting.at(-1)?.position ?? lane.taken;
    for (const { offset, value } of batch.messages) {
      const at = Number(offset);
      if (at < next) continue;
      if (at > next) {
        this.seek(lane, next);
        break;
      }
      lane.waiting.push({ position: ++next, event: Event.decode(value!) });
    }
    if (lane.waiting.length > waitingMax) {
      this.consumer.pause([{ topic: lane.topic, partitions: [lane.partition] }]);
      lane.isPaused = true;
    }
    this.heard(lane, Number(batch.highWatermark));
    if (lane.waiting.length) wake(lane);
  }

  private heard(lane: Lane, head: number): void {
    if (head <= lane.head) return;
    lane.head = head;
    lane.told({ partition: lane.partition, position: head });
  }

  private all(): Lane[] {
    return [...this.lanes.values()].flat();
  }
}

function wake(lane: Lane): void {
  for (const arrived of lane.arrived.splice(0)) arrived();
}

/** True where something came within a while. */
function arrival(lane: Lane): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), arrivalMsMax);
    lane.arrived.push(() => {
      clearTimeout(late);
      resolve(true);
    });
  });
}
