// A real Kafka for the specs that need one. On this machine it runs on Java, with jars from Maven.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KafkaConfig } from 'kafkajs';
import { freePorts, mendedKafka } from '#platform';
import { redis } from './redis.js';
import { canSpawn, findServer, mustRun, OwnServer, type ServerKind, startTogether } from './server.js';

// Compiled to dist/, whose files lie as the sources do.
const root = join(import.meta.dirname, '../../..').replace(/[/\\]dist$/, '');
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
  const found = await findServer(kafkaNode(1, await quorumOf(1)));
  return (
    found && {
      url: () => `kafka://${found.address}/t${randomBytes(6).toString('hex')}`,
      own: found.own,
      stop: async () => found.own?.stop(),
    }
  );
}

/** Whether a cluster of Kafka and Redis can be started here without containers. */
export const canRunCluster = async (): Promise<boolean> => canSpawn([kafkaNode(1, await quorumOf(1)), redis]);

/** The nodes of a cluster, each a broker and a controller. */
interface Quorum {
  readonly clusterId: string;
  /** Ports of the controllers, that of node 1 first. */
  readonly controllers: readonly number[];
}

const quorumOf = async (nodes: number): Promise<Quorum> => ({
  clusterId: randomBytes(16).toString('base64url'),
  controllers: await freePorts(nodes),
});

/** Of a cluster whose data stay in a folder, written there before its first node is: they are of no other. */
interface Kept {
  readonly nodes: number;
  readonly clusterId: string;
}

const keptIn = (folder: string): string => join(folder, 'kafka.json');

/** Undefined where no cluster was begun in the folder. */
async function keptCluster(folder: string): Promise<Kept | undefined> {
  const text = await readFile(keptIn(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return text === undefined ? undefined : (JSON.parse(text) as Kept);
}

/** How many nodes hold what is kept in the folder; undefined where there are none. */
export const keptKafkaNodes = async (folder: string): Promise<number | undefined> => (await keptCluster(folder))?.nodes;

/**
 * Nodes of one cluster on this machine. Topics of three or more are held by three, and a write is acknowledged when two have it. In a folder where there was one it is
 * the same again, at other ports.
 * @throws Error where there were more or fewer: who votes and who holds what are those of the beginning
 */
export async function startKafkaCluster(nodes: number, folder: string): Promise<OwnServer[]> {
  const kept = await keptCluster(folder);
  if (kept && kept.nodes !== nodes) throw new Error(`Kafka_must_keep_its_nodes: ${folder} is of ${kept.nodes}`);
  const quorum = { ...(await quorumOf(nodes)), ...(kept && { clusterId: kept.clusterId }) };
  if (!kept) await writeFile(keptIn(folder), `${JSON.stringify({ nodes, clusterId: quorum.clusterId } satisfies Kept)}\n`, { flush: true });
  const kinds = quorum.controllers.map((_, index) => kafkaNode(index + 1, quorum));
  await kinds[0]!.prepare();
  // Together: one alone has no quorum, and does not answer.
  return startTogether(kinds.map((kind) => () => OwnServer.spawn(kind, join(folder, kind.name.toLowerCase()))));
}

/** One that speaks TLS alone, to who has a certificate of its authority and this user's password. `papers`: of the server, as writePapers() makes them. */
export async function startTlsKafka(
  folder: string,
  papers: string,
  user: { readonly name: string; readonly password: string },
): Promise<OwnServer> {
  await kafkaNode(1, await quorumOf(1)).prepare();
  const [ca, cert, key] = (await Promise.all(['ca', 'cert', 'key'].map((name) => readFile(join(papers, `${name}.pem`), 'utf8')))) as [
    string,
    string,
    string,
  ];
  const store = join(papers, 'store.pem');
  await writeFile(store, `${key}\n${cert}\n`);
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user.name}" password="${user.password}";`;
  const more = {
    'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'listener.name.plaintext.scram-sha-512.sasl.jaas.config': login,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': store,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(papers, 'ca.pem'),
    'listener.name.plaintext.ssl.client.auth': 'required',
  };
  const client = { ssl: { ca, cert, key }, sasl: { mechanism: 'scram-sha-512' as const, username: user.name, password: user.password } };
  return OwnServer.spawn(kafkaNode(1, await quorumOf(1), { more, user, client }), join(folder, 'kafka'));
}

/** What of a node is not as it is without TLS. */
interface Guard {
  readonly more: Readonly<Record<string, string>>;
  readonly user: { readonly name: string; readonly password: string };
  readonly client: Pick<KafkaConfig, 'ssl' | 'sasl'>;
}

/** For Java that ends soon: nothing is worth compiling well. */
const brief = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const settingsOf = (id: number, { controllers }: Quorum, broker: string, outside: number, folder: string): [string, string][] =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': controllers.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(','),
    listeners: `PLAINTEXT://${broker},CONTROLLER://127.0.0.1:${controllers[id - 1]}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${outside}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': `${folder}/data`,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': String(Math.min(3, controllers.length)),
    'offsets.topic.num.partitions': '1',
    'min.insync.replicas': String(controllers.length < 3 ? 1 : 2),
    'group.initial.rebalance.delay.ms': '0',
    'broker.session.timeout.ms': '6000',
  });

const kafkaNode = (id: number, quorum: Quorum, guard?: Guard): ServerKind => ({
  name: quorum.controllers.length === 1 ? 'Kafka' : `Kafka-${id}`,
  variable: 'TEST_KAFKA',
  image: 'apache/kafka:4.1.1',
  imagePort: 9092,
  environment: (outside) =>
    Object.fromEntries(
      settingsOf(id, quorum, '0.0.0.0:9092', outside, '/tmp').map(([key, value]) => [
        `KAFKA_${key.toUpperCase().replaceAll('.', '_')}`,
        value,
      ]),
    ),

  prepare: async () => {
    await mustRun('java', ['-version'], 'Kafka runs on Java 17 or later');
    if (!existsSync(jars)) await fetchJars();
  },

  command: async (folder, port, outside) => {
    const settings = join(folder, 'server.properties');
    const all = { ...Object.fromEntries(settingsOf(id, quorum, `127.0.0.1:${port}`, outside, folder)), ...guard?.more };
    const lines = Object.entries(all).map(([key, value]) => `${key}=${value}`);
    await writeFile(settings, lines.join('\n'));
    await execute('java', [
      ...brief,
      '-cp',
      join(jars, '*'),
      'kafka.tools.StorageTool',
      'format',
      '--ignore-formatted',
      `--cluster-id=${quorum.clusterId}`,
      '-c',
      settings,
      ...(guard ? ['--add-scram', `SCRAM-SHA-512=[name=${guard.user.name},password=${guard.user.password}]`] : []),
    ]);
    // A spec's broker runs for a minute, a cluster's for hours.
    return [
      'java',
      '-Xmx512m',
      ...(process.env.JEST_WORKER_ID === undefined ? [] : brief),
      '-cp',
      join(jars, '*'),
      'kafka.Kafka',
      settings,
    ];
  },

  answers: async (address) => {
    const { Kafka, logLevel } = await mendedKafka();
    const admin = new Kafka({ ...guard?.client, brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
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
});

/** Two specs may fetch them at once: who is second drops its own. */
async function fetchJars(): Promise<void> {
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(`${jars}-`);
  const pom = join(root, 'libs/testing/kafka/pom.xml');
  await mustRun('mvn', ['-version'], 'Maven fetches Kafka once');
  await execute('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`]);
  await rename(folder, jars).catch(async (error: unknown) => {
    await rm(folder, { recursive: true });
    if (!existsSync(jars)) throw error;
  });
}
