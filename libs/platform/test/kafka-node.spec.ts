// One Kafka node of three ends and stays away: the others lead what it led, and who tells and who reads go on by them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { OrderClosed, topicOf, topics } from '#contracts';
import { canRunCluster, type OwnServer, startKafkaCluster } from '#testing';
import { KafkaBus } from '../src/kafka-bus.js';
import { makeLogger } from '../src/log.js';

const topic = topicOf(OrderClosed.$type);
const { partitions } = topics[topic];
const service = 'reader';
const nodeIds = [1, 2, 3];

// Three brokers on two cores start slowly, and one is missed only after a while.
jest.setTimeout(300_000);

if (await canRunCluster())
  it.each(['who coordinates the readers', 'whom every client was told of first'])('goes on without the node %s', goesOnWithout);

async function goesOnWithout(which: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-kafka-'));
  const buses: KafkaBus[] = [];
  let nodes: OwnServer[] = [];
  let isOver = false as boolean;
  const reading: Promise<void>[] = [];
  try {
    nodes = await startKafkaCluster(nodeIds.length, folder);
    const brokers = nodes.map(({ address }) => address);
    const open = async (): Promise<KafkaBus> => {
      const bus = await KafkaBus.open({ brokers, name: 'node', trust: undefined, user: undefined }, makeLogger('silent'));
      buses.push(bus);
      return bus;
    };
    const telling = await open();
    const heard = new Set<number>();
    const positions = Array.from({ length: partitions }, () => 0);
    for (const bus of [await open(), await open()]) {
      const subscription = bus.subscribe(service, topic, () => undefined);
      await bus.start(service);
      for (const partition of positions.keys())
        reading.push(
          (async () => {
            while (!isOver) {
              const placed = await subscription.read(partition, positions[partition]!, [OrderClosed.$type], 100).catch(() => []);
              if (placed === 'elsewhere' || !placed.length) await sleep(50);
              else {
                for (const { event } of placed) heard.add(event.sequence);
                positions[partition] = Math.max(positions[partition]!, placed.at(-1)!.position);
              }
            }
          })(),
        );
    }
    const tell = async (sequence: number): Promise<void> => {
      const data = OrderClosed.encode(OrderClosed.create({ orderId: sequence })).finish();
      const meta = { id: `scheduler/${sequence}`, source: 'scheduler', sequence, type: OrderClosed.$type, time: 1, traceparent: '' };
      for (;;)
        try {
          return await telling.publish(topic, [{ ...meta, subject: `participant/${sequence}`, data }]);
        } catch {
          await sleep(50);
        }
    };
    const tellAll = async (from: number, to: number): Promise<void> => {
      for (let sequence = from; sequence <= to; sequence += 1) await tell(sequence);
      while (heard.size < to) await sleep(20);
    };
    await tellAll(1, 40);
    expect(await timersWithin(500)).toBeLessThan(500);
    await nodes[which === 'who coordinates the readers' ? (await coordinatorOf(brokers)) - 1 : 0]!.crash();
    await tellAll(41, 80);
    expect([...heard].toSorted((one, other) => one - other)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
  } finally {
    isOver = true;
    await Promise.all(reading);
    await Promise.all(buses.map((bus) => bus.close()));
    await Promise.all(nodes.map((node) => node.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Timers that are set meanwhile, by whomever: a connection with nothing to send sets none each millisecond. */
async function timersWithin(ms: number): Promise<number> {
  const set = jest.spyOn(globalThis, 'setTimeout');
  await sleep(ms);
  const { length } = set.mock.calls;
  set.mockRestore();
  return length;
}

/** Id of the node that leads the groups' own topic, of which the cluster has one partition. */
async function coordinatorOf(brokers: string[]): Promise<number> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: ['__consumer_offsets'] });
    return found[0]!.partitions[0]!.leader;
  } finally {
    await admin.disconnect();
  }
}
