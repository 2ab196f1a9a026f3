// `npm start`: runs the exchange until it is told to stop, and says in a few lines where it is.
import { resolve } from 'node:path';
import {
  backUp,
  cryptographyOf,
  endWithNpm,
  makeSigningKey,
  migrateServices,
  publicPath,
  readConfig,
  restored,
  run,
  settingsTable,
} from '#platform';
import type { Running } from '#platform';
import { GatewayModule, modulesOf } from './exchange.js';

function help(): string {
  const rows = settingsTable().map(({ variable, default: usual, description }) => `  ${variable.padEnd(30)} ${description} [${usual}]`);
  return `npm start [-- --help | migrate | backup FOLDER | restored | signing-key FILE]\n\nRuns the exchange until SIGINT or SIGTERM. migrate only brings its database up to date, and ends. backup copies the embedded database of EXCHANGE_DATA, whose exchange may run, to a new folder. restored carries what a restored database knows of over to the Kafka topics of a new name, before it is started. signing-key makes the key that EXCHANGE_SIGNING_KEY names, where there is none. Settings are environment variables:\n\n${rows.join('\n')}\n\nTraces and measures go by OpenTelemetry to the collector of OTEL_EXPORTER_OTLP_ENDPOINT, where that is set.`;
}

function welcome(running: Running, seconds: string): string {
  const { config, httpAddress, grpcAddress, meshAddress } = running;
  const key = httpAddress && running.get(GatewayModule).firstOperatorKey();
  const rows = [
    ...(config.services === 'all' ? [] : [['services', config.services]]),
    ...(httpAddress ? [['HTTP', httpAddress]] : []),
    ...(httpAddress ? [['API pages', `${httpAddress}/docs`]] : []),
    ...(grpcAddress ? [['gRPC', grpcAddress]] : []),
    ...(meshAddress ? [['mesh', meshAddress]] : []),
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

async function start(): Promise<void> {
  const { services, databaseUrl } = readConfig();
  const starting = run(modulesOf(services));
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
};

/** Undefined where it is right. */
function wrongOf(name: string, { word }: Step, words: readonly string[]): string | undefined {
  const usage = `npm start -- ${name}${word ? ` ${word}` : ''}`;
  if (word && !words.length) return `${name} needs a ${word.toLowerCase()}: ${usage}`;
  return words.length > (word ? 1 : 0) ? `there is nothing behind it: ${usage}` : undefined;
}

const [name, ...words] = process.argv.slice(2);
const step = name === undefined ? { run: start } : Object.hasOwn(steps, name) ? steps[name] : undefined;
const wrong = step ? wrongOf(name ?? '', step, words) : `there is no ${name}: npm start -- --help names what there is`;
if (process.argv.includes('--help') || process.argv.includes('-h')) console.log(help());
else if (!step || wrong !== undefined) {
  console.error(wrong);
  process.exitCode = 2;
} else
  try {
    await step.run(words[0] ?? '');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    // Not left to end by itself: loops that other parts had begun beside the one that failed would go on.
    process.exit(1);
  }
