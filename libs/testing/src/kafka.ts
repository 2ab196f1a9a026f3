// A real Kafka for the specs that need one: by TEST_KAFKA (host:port,host:port), else one of the spec's own on Java, with jars from Maven. Where there is
// neither it is said loudly, and with CI set it is a failure.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { Door, freePort } from './door.js';

const root = join(import.meta.dirname, '../../..');
const jars = join(root, '.cache/kafka-4.1.1');
const execute = promisify(execFile);

export interface TestKafka {
  /** For run()'s `bus`, each time under a name of its own. */
  url(): string;
  /** Undefined where the cluster is not the spec's own. */
  readonly own: OwnKafka | undefined;
  stop(): Promise<void>;
}

/** Undefined where the machine has none. Throws then with CI set, and where it does not start. */
export async function testKafka(): Promise<TestKafka | undefined> {
  const given = process.env.TEST_KAFKA;
  if (given) return testKafkaAt(given, undefined);
  const missing = await missingParts();
  if (!missing) {
    const own = await OwnKafka.start();
    return testKafkaAt(own.address, own);
  }
  if (process.env.CI) throw new Error(`tests_must_have_kafka: ${missing}`);
  process.stderr.write(`\n*** NOT TESTED: everything on Kafka, since ${missing}. Give one by TEST_KAFKA=host:port. ***\n\n`);
  return undefined;
}

const testKafkaAt = (brokers: string, own: OwnKafka | undefined): TestKafka => ({
  url: () => `kafka://${brokers}/t${randomBytes(6).toString('hex')}`,
  own,
  stop: async () => own?.stop(),
});

/** What keeps a broker from running here; jars are fetched. Two specs may fetch them at once: who is second drops its own. */
async function missingParts(): Promise<string | undefined> {
  try {
    await execute('java', ['-version']);
    if (existsSync(jars)) return undefined;
    await mkdir(join(root, '.cache'), { recursive: true });
    const folder = await mkdtemp(`${jars}-`);
    const pom = join(root, 'libs/testing/kafka/pom.xml');
    await execute('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`]);
    await rename(folder, jars).catch(async (error: unknown) => {
      await rm(folder, { recursive: true });
      if (!existsSync(jars)) throw error;
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}

/** One broker, its own controller. Clients reach it through a door that can be shut. */
export class OwnKafka {
  private process: ChildProcess | undefined;
  private readonly kill = () => this.process?.kill('SIGKILL');

  private constructor(
    private readonly folder: string,
    readonly door: Door,
  ) {
    process.on('exit', this.kill);
  }

  get address(): string {
    return `127.0.0.1:${this.door.port}`;
  }

  static async start(): Promise<OwnKafka> {
    const folder = await mkdtemp(join(tmpdir(), 'exchange-kafka-'));
    const [broker, controller] = [await freePort(), await freePort()];
    const door = await Door.open(broker);
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${door.port}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.dirs': join(folder, 'data'),
      'auto.create.topics.enable': false,
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 1,
      'group.initial.rebalance.delay.ms': 0,
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    await writeFile(join(folder, 'server.properties'), lines.join('\n'));
    const id = randomBytes(16).toString('base64url');
    await execute('java', ['-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '-t', id, '-c', join(folder, 'server.properties')]);
    const kafka = new OwnKafka(folder, door);
    await kafka.run();
    return kafka;
  }

  /** As a crash does it: nothing is said to anybody, and what the broker had acknowledged must be there afterwards. */
  async crash(): Promise<void> {
    const { process } = this;
    if (!process) return;
    this.process = undefined;
    await new Promise((resolve) => process.once('exit', resolve).kill('SIGKILL'));
  }

  /** Resolves when it answers. */
  async run(): Promise<void> {
    const output = await open(join(this.folder, 'output'), 'a');
    const { promise: ended, reject } = Promise.withResolvers<never>();
    this.process = spawn('java', ['-Xmx512m', '-cp', join(jars, '*'), 'kafka.Kafka', join(this.folder, 'server.properties')], {
      stdio: ['ignore', output.fd, output.fd],
    });
    this.process.once('exit', (code) => reject(new Error(`kafka ended by ${code}`)));
    await output.close();
    try {
      await Promise.race([this.answers(), ended]);
    } catch (cause) {
      throw new Error(`kafka_must_start: ${(await readFile(join(this.folder, 'output'), 'utf8')).slice(-2_000)}`, { cause });
    }
  }

  private async answers(): Promise<void> {
    const started = this.process;
    while (this.process === started) {
      const admin = new Kafka({ brokers: [this.address], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
      const isUp = await admin
        .connect()
        .then(() => admin.listTopics())
        .then(
          () => true,
          () => false,
        );
      await admin.disconnect();
      if (isUp) return;
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await this.crash();
    await this.door.close();
    process.off('exit', this.kill);
    await rm(this.folder, { recursive: true });
  }
}
