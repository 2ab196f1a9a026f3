// A real Kafka for the specs that need one. On this machine it runs on Java, with jars from Maven.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { freePort } from './door.js';
import { findServer, type OwnServer, type ServerKind } from './server.js';

const root = join(import.meta.dirname, '../../..');
const jars = join(root, '.cache/kafka-4.1.1');
const execute = promisify(execFile);

export interface TestKafka {
  /** For run()'s `bus`, each time under a name of its own. */
  url(): string;
  /** Undefined where the cluster is not the spec's own. */
  readonly own: OwnServer | undefined;
  stop(): Promise<void>;
}

/** Undefined where the machine has none. Throws then with CI set, and where it does not start. */
export async function testKafka(): Promise<TestKafka | undefined> {
  const found = await findServer(kafka);
  return (
    found && {
      url: () => `kafka://${found.address}/t${randomBytes(6).toString('hex')}`,
      own: found.own,
      stop: async () => found.own?.stop(),
    }
  );
}

/** One broker, its own controller. */
const settingsOf = (broker: string, controller: number, outside: number, folder: string): [string, string][] =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${outside}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': `${folder}/data`,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
  });

const kafka: ServerKind = {
  name: 'Kafka',
  variable: 'TEST_KAFKA',
  image: 'apache/kafka:4.1.1',
  imagePort: 9092,
  environment: (outside) =>
    Object.fromEntries(
      settingsOf('0.0.0.0:9092', 9093, outside, '/tmp').map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, value]),
    ),

  prepare: async () => {
    await execute('java', ['-version']);
    if (!existsSync(jars)) await fetchJars();
  },

  command: async (folder, port, outside) => {
    const settings = join(folder, 'server.properties');
    const lines = settingsOf(`127.0.0.1:${port}`, await freePort(), outside, folder).map(([key, value]) => `${key}=${value}`);
    await writeFile(settings, lines.join('\n'));
    const id = randomBytes(16).toString('base64url');
    await execute('java', ['-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '-t', id, '-c', settings]);
    return ['java', '-Xmx512m', '-cp', join(jars, '*'), 'kafka.Kafka', settings];
  },

  answers: async (address) => {
    const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
    const isUp = await admin
      .connect()
      .then(() => admin.listTopics())
      .then(
        () => true,
        () => false,
      );
    await admin.disconnect();
    return isUp;
  },
};

/** Two specs may fetch them at once: who is second drops its own. */
async function fetchJars(): Promise<void> {
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(`${jars}-`);
  const pom = join(root, 'libs/testing/kafka/pom.xml');
  await execute('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`]);
  await rename(folder, jars).catch(async (error: unknown) => {
    await rm(folder, { recursive: true });
    if (!existsSync(jars)) throw error;
  });
}
