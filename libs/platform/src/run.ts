// The one composition root: modules become a running exchange.
import { type DynamicModule, type InjectionToken, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { definitions, IdentityDefinition, PartnerPlatformDefinition } from '#contracts';
import { Activity } from './activity.js';
import { Certificates } from './certificates.js';
import { Clock } from './clock.js';
import { Clockwork } from './clockwork.js';
import { Config, readConfig } from './config.js';
import { Cryptography } from './crypto.js';
import { type DatabaseAddress, databaseAddress } from './database-url.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { hearGrpc } from './grpc-log.js';
import { serveGrpc } from './grpc-server.js';
import { Health } from './health.js';
import { serveHealth } from './health-server.js';
import { HotState } from './hot-state.js';
import { kafkaAddress } from './kafka-url.js';
import { Listeners } from './listeners.js';
import { type Logger, makeLogger } from './log.js';
import { Mesh } from './mesh-client.js';
import { serveMesh } from './mesh-server.js';
import { Operations } from './operations.js';
import { observePapers, observeShown } from './paper-gauges.js';
import { servePartners } from './partner-server.js';
import { Platform } from './platform.js';
import { type Carried, takeUpBus } from './restored-bus.js';
import { RateLimit } from './rpc-limit.js';
import { RpcTable } from './rpc-table.js';
import { clientOf } from './rpc-types.js';
import { servicesOf } from './service.js';
import { ShownPapers } from './shown-papers.js';
import { Gauges, sendTelemetry } from './telemetry.js';
import { Wiring } from './wiring.js';

export interface Running {
  readonly config: Config;
  /** 'http://127.0.0.1:8080'; undefined where no gateway is among the modules. */
  readonly httpAddress: string | undefined;
  /** '127.0.0.1:8081'; undefined where no gateway is among the modules. */
  readonly grpcAddress: string | undefined;
  /** '127.0.0.1:8082', where other processes reach this one; undefined where it is not to be reached. */
  readonly meshAddress: string | undefined;
  /** '127.0.0.1:8083', where partner platforms reach this one by their certificates; undefined where they come by gRPC's port. */
  readonly partnerAddress: string | undefined;
  get<T>(token: InjectionToken<T>): T;
  /** Resolves where this process may not go on: another leads what it led. */
  readonly lost: Promise<Error>;
  /** Takes nothing new, ends what is under way, closes the database. */
  stop(): Promise<void>;
}

@Module({})
class PlatformModule {}

@Module({})
class ExchangeModule {}

/**
 * Starts an exchange of these modules: database, schemas, modules, readers and jobs, listeners. Settings given here go before the
 * environment's. Throws where a setting is wrong, the data folder has another owner, or a migration fails; nothing is left running then.
 */
export async function run(modules: (Type | DynamicModule)[], given: Partial<Config> = {}): Promise<Running> {
  const config = readConfig(given);
  const log = makeLogger(config.logLevel);
  hearGrpc(log);
  const undo: (() => Promise<void> | void)[] = [sendTelemetry];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const owner = await database(config, log, undo);
    const platform = await Platform.start(config, log, owner);
    undo.push(() => platform.close());
    if (config.healthListen) undo.push(await serveHealth(config.healthListen, platform.health));
    const drain = async (): Promise<void> => {
      platform.health.state = 'draining';
      await Promise.race([platform.listeners.close(), sleep(config.drainSeconds * 1_000, undefined, { ref: false })]);
      await platform.stopBackground();
    };
    undo.push(drain);
    const certificates = await reachOthers(platform, undo);
    const context = await NestFactory.createApplicationContext(
      { module: ExchangeModule, imports: [platformModule(platform), ...modules] },
      { logger: nestLogger(log), abortOnError: false },
    );
    undo.push(() => context.close());
    undo.push(drain);
    if (certificates) {
      mustName(certificates, platform.services);
      if (config.meshListen)
        await serveMesh({ address: config.meshListen, rpc: platform.rpc, listeners: platform.listeners, certificates });
    }
    if (config.partnerListen) await listenForPartners(platform, undo);
    // Keys are known where the gateway is, and nobody else is called from outside.
    if (platform.rpc.local().includes(IdentityDefinition)) await serveGrpc(platform);
    platform.health.state = 'ready';
    return {
      config,
      httpAddress: platform.listeners.address('http'),
      grpcAddress: platform.listeners.address('grpc'),
      meshAddress: platform.listeners.address('mesh'),
      partnerAddress: platform.listeners.address('partners'),
      lost: platform.lost.promise,
      get: (token) => context.get(token, { strict: false }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * What each start does first, as a step of its own: brings the schemas of these modules' services up to date, makes their roles and the bus's topics.
 * Several may do so at once. Throws where a migration fails, which then did nothing.
 */
export async function migrateServices(modules: readonly Type[], given: Partial<Config> = {}): Promise<void> {
  const config = readConfig(given);
  const log = makeLogger(config.logLevel);
  const undo: (() => Promise<void> | void)[] = [];
  try {
    const platform = await Platform.start(config, log, await database(config, log, undo));
    undo.push(() => platform.close());
    for (const options of servicesOf(modules)) await platform.service(options);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/**
 * The step between a restore of the database and the next start, where the bus is Kafka: with `bus` under a new name, and no process running.
 * @throws Error naming the rule that is broken; it may be started again
 */
export async function restored(given: Partial<Config> = {}): Promise<Carried> {
  const config = readConfig(given);
  const log = makeLogger(config.logLevel);
  if (!config.bus) throw new Error('exchange_must_have_its_bus_on_kafka: a log in the database is restored with it');
  const undo: (() => Promise<void> | void)[] = [];
  try {
    const owner = await database(config, log, undo);
    const address = kafkaAddress(config.bus);
    const { KafkaBus } = await import('./kafka-bus.js');
    return await takeUpBus(owner, log, (name = address.name) => KafkaBus.open({ ...address, name }, log));
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/** Opens the way to services of other processes, where this one is of several. */
async function reachOthers(platform: Platform, undo: (() => Promise<void> | void)[]): Promise<Certificates | undefined> {
  const { config, rpc, log } = platform;
  if (!config.meshCertificates) return undefined;
  const certificates = await Certificates.open(config.meshCertificates, log);
  undo.push(() => certificates.close());
  observePapers(platform.gauges, certificates);
  const mesh = (platform.mesh = new Mesh(config.meshPeers, certificates, log, () => (platform.activity.worked += 1)));
  undo.push(() => mesh.close());
  rpc.elsewhere = (definition, method) => mesh.handler(definition, method);
  return certificates;
}

/** @throws Error process_must_run_interconnect: elsewhere the setting would shut nothing */
async function listenForPartners(platform: Platform, undo: (() => Promise<void> | void)[]): Promise<void> {
  const { config, gauges, rpc, log } = platform;
  if (!rpc.local().includes(PartnerPlatformDefinition))
    throw new Error('EXCHANGE_PARTNER_LISTEN: process_must_run_interconnect: give it to those that hear what partners say');
  const papers = await ShownPapers.open(config.partnerListenCertificates, 'server', log);
  undo.push(() => papers.close());
  observeShown(gauges, papers);
  await servePartners(platform, papers);
}

/** Else the others would refuse the calls of the services that run here. */
function mustName(certificates: Certificates, services: readonly { name: string }[]): void {
  const unnamed = services.filter(({ name }) => !certificates.services.includes(name)).map(({ name }) => name);
  if (unnamed.length) throw new Error(`certificate_must_name_each_service: it does not name ${unnamed.join(', ')}`);
}

/** Who owns the schemas: the embedded server's superuser, or the user of the given URL. */
async function database(config: Config, log: Logger, undo: (() => Promise<void> | void)[]): Promise<DatabaseAddress> {
  if (config.databaseUrl) return databaseAddress(config.databaseUrl);
  const server = await startEmbeddedPostgres({
    folder: config.data,
    settings: config.dataSync === 'off' ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {},
    onTrouble: (err) => log.error({ err }, 'the embedded database is in trouble'),
  });
  undo.push(() => server.stop());
  return server.address;
}

function platformModule(platform: Platform): DynamicModule {
  const values = [
    { provide: Platform, useValue: platform },
    { provide: Config, useValue: platform.config },
    { provide: Clock, useValue: platform.clock },
    { provide: Activity, useValue: platform.activity },
    { provide: Cryptography, useValue: platform.cryptography },
    { provide: Gauges, useValue: platform.gauges },
    { provide: Health, useValue: platform.health },
    { provide: Listeners, useValue: platform.listeners },
    { provide: HotState, useValue: platform.hot },
    { provide: RateLimit, useValue: platform.limit },
    { provide: RpcTable, useValue: platform.rpc },
    ...definitions.map((definition) => ({ provide: clientOf(definition), useValue: platform.rpc.client(definition) })),
  ];
  return {
    module: PlatformModule,
    global: true,
    providers: [...values, Operations, Clockwork, Wiring],
    exports: values.map(({ provide }) => provide),
  };
}

/** Nest's own words go to our log: its faults as errors, the rest as detail. */
const nestLogger = (log: Logger) => {
  const at =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]) =>
      log[level]({ detail: rest }, String(message));
  return { log: at('debug'), debug: at('debug'), verbose: at('debug'), warn: at('warn'), error: at('error'), fatal: at('error') };
};
