// `npm start`: runs the exchange until it is told to stop, and says in a few lines where it is.
import { resolve } from 'node:path';
import {
  backUp,
  commandLine,
  cryptographyOf,
  endWithNpm,
  endWrongUse,
  makeSigningKey,
  migrateServices,
  portMustBeFree,
  publicPath,
  readConfig,
  restored,
  run,
  settingsTable,
  WrongUse,
} from '#platform';
import type { Config, Running } from '#platform';
import { GatewayModule, makeOperatorKey, modulesOf } from './exchange.js';

function help(): string {
  const settings = settingsTable();
  const width = Math.max(...settings.map(({ variable }) => variable.length));
  const rows = settings.map(({ variable, default: usual, description }) => `  ${variable.padEnd(width)} ${description} [${usual}]`);
  return `npm start [-- migrate | backup FOLDER | restored | signing-key FILE | operator-key]\n\nRuns the exchange until SIGINT or SIGTERM. migrate only brings its database up to date, and ends. backup copies the embedded database of EXCHANGE_DATA, whose exchange may run, to a new folder. restored carries what a restored database knows of over to the Kafka topics of a new name, before it is started. signing-key makes the key that EXCHANGE_SIGNING_KEY names, where there is none. operator-key makes an operator's key for who has lost the first one: as the owner of the database of EXCHANGE_DATA or EXCHANGE_DATABASE_URL, whose exchange may run or not. Settings are environment variables:\n\n${rows.join('\n')}\n\nTraces and measures go by OpenTelemetry to the collector of OTEL_EXPORTER_OTLP_ENDPOINT, where that is set.`;
}

function welcome(running: Running, seconds: string): string {
  const { config, httpAddress, grpcAddress, meshAddress, partnerAddress } = running;
  const key = httpAddress && running.get(GatewayModule).firstOperatorKey();
  const rows = [
    ...(config.services === 'all' ? [] : [['services', config.services]]),
    ...(httpAddress ? [['HTTP', httpAddress]] : []),
    ...(httpAddress ? [['API pages', `${httpAddress}/docs`]] : []),
    ...(httpAddress ? [['console', `${httpAddress}/console   (a key signs in)`]] : []),
    ...(grpcAddress ? [['gRPC', grpcAddress]] : []),
    ...(meshAddress ? [['mesh', meshAddress]] : []),
    ...(partnerAddress ? [['partners', `${partnerAddress}   (by TLS and the certificates that are registered)`]] : []),
    ['data', config.databaseUrl ? 'in the database of EXCHANGE_DATABASE_URL' : resolve(config.data)],
    ...(config.clock === 'virtual' ? [['clock', 'virtual: POST /v1/clock/advance moves it']] : []),
    ...(key ? [['operator', `${key}   (first key; shown this once, kept as a hash; until it is used each start makes another)`]] : []),
    ...(httpAddress ? [['try', `curl -H 'Authorization: Bearer ${key ?? '<your key>'}' ${httpAddress}/v1/me`]] : []),
  ];
  return [`The exchange is ready after ${seconds} s.`, ...rows.map(([name, value]) => `  ${name!.padEnd(10)} ${value}`)].join('\n');
}

/**
 * The first signal drains, a second one does not wait. What is being started with a database of its own is stopped when it has begun: that would be left running. What
 * only uses one may go at any time.
 * @returns whether it is being stopped
 */
function stopOnSignal(starting: Promise<Running>, hasDatabase: boolean): () => boolean {
  let stopping = false;
  let isReady = false;
  void starting.then(
    () => (isReady = true),
    () => undefined,
  );
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping || !(isReady || hasDatabase)) process.exit(1);
    stopping = true;
    console.log(`${signal}: ending what is under way (again to end at once)`);
    starting
      .then((running) => running.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  endWithNpm();
  return () => stopping;
}

/** Where a port is taken nothing is made. */
async function begin({ services, host, httpPort, grpcPort }: Config): Promise<Running> {
  const modules = modulesOf(services);
  if (modules.includes(GatewayModule)) {
    await portMustBeFree('EXCHANGE_HTTP_PORT', host, httpPort);
    await portMustBeFree('EXCHANGE_GRPC_PORT', host, grpcPort);
  }
  return run(modules);
}

async function start(): Promise<void> {
  const config = readConfig();
  const { databaseUrl } = config;
  const starting = begin(config);
  const isStopping = stopOnSignal(starting, databaseUrl === '');
  const running = await starting;
  if (isStopping()) return;
  // Whoever runs it starts it anew, as a standby. Nothing it has under way can be written any more.
  void running.lost.then((cause) => {
    console.error(cause.message);
    process.exit(1);
  });
  console.log(welcome(running, (performance.now() / 1000).toFixed(1)));
}

async function migrate(): Promise<void> {
  await migrateServices(modulesOf(readConfig().services));
  console.log(`The database is up to date after ${(performance.now() / 1000).toFixed(1)} s.`);
}

async function backup(folder: string): Promise<void> {
  const { data, databaseUrl } = readConfig();
  if (databaseUrl) throw new Error('backup_must_be_of_the_embedded_database: use pg_basebackup on that of EXCHANGE_DATABASE_URL');
  await backUp(data, resolve(folder));
  console.log(`The back-up is whole after ${(performance.now() / 1000).toFixed(1)} s: ${resolve(folder)}`);
}

async function takeUp(): Promise<void> {
  const { carried, lost } = await restored();
  console.log(`${carried} events were carried over; ${lost} are of what the restored database does not know, and were left behind.`);
}

async function signingKey(file: string): Promise<void> {
  const keyId = await makeSigningKey(resolve(file), cryptographyOf(readConfig().cryptography));
  console.log(`The key ${keyId} is in ${resolve(file)}; who audits is given ${publicPath(resolve(file))}.`);
}

async function operatorKey(): Promise<void> {
  const { keyId, secret } = await makeOperatorKey();
  console.log(`  operator   ${secret}   (key ${keyId}; shown this once, kept as a hash)`);
  console.log('The keys before it still hold: GET /v1/keys lists them, DELETE /v1/keys/{keyId} revokes one.');
}

interface Step {
  /** What stands behind its name. */
  readonly word?: string;
  readonly run: (word: string) => Promise<void>;
}

/** What is asked for by name. */
const steps: Readonly<Record<string, Step>> = {
  migrate: { run: migrate },
  backup: { word: 'FOLDER', run: backup },
  restored: { run: takeUp },
  'signing-key': { word: 'FILE', run: signingKey },
  'operator-key': { run: operatorKey },
};

/** What the words ask for. Ends the process where they ask for nothing that there is. */
function asked([name, ...words]: readonly string[]): () => Promise<void> {
  if (name === undefined) return start;
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (!step) return endWrongUse(new WrongUse(`there is no ${name}`));
  const { word, run } = step;
  if (word && !words.length) endWrongUse(new WrongUse(`${name} needs a ${word.toLowerCase()}: npm start -- ${name} ${word}`));
  if (words.length > (word ? 1 : 0)) endWrongUse(new WrongUse(`there is nothing behind npm start -- ${name}${word ? ` ${word}` : ''}`));
  return () => run(words[0] ?? '');
}

const doIt = asked(commandLine(help(), { allowPositionals: true }).positionals);
try {
  await doIt();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // Not left to end by itself: loops that other parts had begun beside the one that failed would go on.
  process.exit(1);
}
