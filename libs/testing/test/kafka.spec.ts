// A cluster of Kafka whose folder was kept is the same one again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { mendedKafka } from '#platform';
import { canRunCluster, keptKafkaNodes, startKafkaCluster } from '#testing';

jest.setTimeout(180_000);
const folder = await mkdtemp(join(tmpdir(), 'exchange-kafka-'));
afterAll(() => rm(folder, { recursive: true }));
const topic = 'kept';

if (await canRunCluster())
  it('goes on with its topics and its name, by as many nodes', async () => {
    const { Kafka, logLevel } = await mendedKafka();
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const ids: string[] = [];
    const ends: string[] = [];
    for (const start of [1, 2]) {
      const [node] = await startKafkaCluster(1, folder);
      const client = new Kafka({ brokers: [node!.address], logLevel: logLevel.NOTHING });
      const [admin, producer] = [client.admin(), client.producer()];
      await Promise.all([admin.connect(), producer.connect()]);
      try {
        if (start === 1) await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
        ids.push((await admin.describeCluster()).clusterId);
        await producer.send({ topic, acks: -1, messages: [{ value: `of start ${start}` }] });
        ends.push((await admin.fetchTopicOffsets(topic))[0]!.high);
      } finally {
        await Promise.all([admin.disconnect(), producer.disconnect()]);
        await node!.stop();
      }
    }
    // Node warns of those: what `npm run cluster` asks whether brokers answer is what is asked here.
    expect(timers.mock.calls.filter(([, delayMs]) => Number(delayMs) < 0)).toEqual([]);
    expect(ends).toEqual(['1', '2']);
    expect(ids[1]).toBe(ids[0]);
    expect(await keptKafkaNodes(folder)).toBe(1);
    await expect(startKafkaCluster(3, folder)).rejects.toThrow(`Kafka_must_keep_its_nodes: ${folder} is of 1`);
  });
