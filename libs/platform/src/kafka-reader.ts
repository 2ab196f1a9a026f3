// One service's member of its group of readers on Kafka. kafkajs pushes batches of the partitions that it was given; here they wait, within bounds, for
// the readers that ask for what follows their cursor. A cursor that moved, or a batch that does not join on, seeks.
import type { Admin, EachBatchPayload, Kafka } from 'kafkajs';
import { Event } from '#contracts';
import type { News, Placed } from './bus.js';
import { type Hearing, KafkaMember } from './kafka-member.js';
import { onceSpread } from './kafka-spread.js';
import type { Logger } from './log.js';

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

export class KafkaReader implements Hearing {
  private readonly member: KafkaMember;
  /** By the exchange's names of topics. */
  private readonly lanes = new Map<string, Lane[]>();
  /** Until the group has shared out its partitions nobody knows which are here. */
  private isShared = false;

  constructor(
    client: () => Kafka,
    private readonly admin: Admin,
    private readonly group: string,
    log: Logger,
  ) {
    this.member = new KafkaMember(client, group, () => [...this.lanes.values()].map(([lane]) => lane!.topic), this, log);
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
    await this.member.start();
  }

  async look(): Promise<void> {
    for (const lanes of this.lanes.values())
      for (const { partition, high } of await onceSpread(() => this.admin.fetchTopicOffsets(lanes[0]!.topic)))
        this.heard(lanes[partition]!, Number(high));
  }

  async close(): Promise<void> {
    await this.member.close();
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
    this.member.seek(topic, partition, after);
    this.resume(lane);
  }

  private resume(lane: Lane): void {
    if (lane.isPaused) this.member.resume(lane.topic, lane.partition);
    lane.isPaused = false;
  }

  /** The group has shared out its partitions; what was fetched before may have been read elsewhere since. */
  shared(assignment: Readonly<Record<string, number[]>>): void {
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

  lost(): void {
    this.isShared = false;
    for (const lane of this.all()) Object.assign(lane, { isHere: false, isPaused: false, taken: undefined, waiting: [] });
  }

  took(payload: EachBatchPayload): void {
    const { batch } = payload;
    const lane = this.all().find(({ topic, partition }) => topic === batch.topic && partition === batch.partition);
    if (!lane?.isHere || lane.taken === undefined || payload.isStale()) return;
    let next = lane.waiting.at(-1)?.position ?? lane.taken;
    for (const { offset, value } of batch.messages) {
      const at = Number(offset);
      if (at < next) continue;
      if (at > next) {
        this.member.seek(lane.topic, lane.partition, next);
        break;
      }
      lane.waiting.push({ position: ++next, event: Event.decode(value!) });
    }
    if (lane.waiting.length > waitingMax) {
      this.member.pause(lane.topic, lane.partition);
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
