// Every setting of the exchange, from environment variables or from run()'s argument, checked once at start.

import { type SuiteName, suiteNames } from './crypto.js';
import { messageOf } from './fault.js';
import { databaseAddress } from './database-url.js';
import { kafkaAddress } from './kafka-url.js';
import { redisAddress } from './redis-url.js';
import { readTime } from './json-codec-format.js';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Injected; each field is described in the table below. */
export abstract class Config {
  abstract readonly data: string;
  abstract readonly dataSync: 'on' | 'off';
  abstract readonly databaseUrl: string;
  abstract readonly databaseSecret: string;
  abstract readonly databasePool: number;
  abstract readonly bus: string;
  abstract readonly hotState: string;
  abstract readonly host: string;
  abstract readonly httpPort: number;
  abstract readonly grpcPort: number;
  abstract readonly services: string;
  abstract readonly healthListen: string;
  abstract readonly meshListen: string;
  abstract readonly meshPeers: ReadonlyMap<string, readonly string[]>;
  abstract readonly meshCertificates: string;
  abstract readonly bodyLimit: number;
  abstract readonly requestsPerSecond: number;
  abstract readonly requestBurst: number;
  abstract readonly cryptography: SuiteName;
  abstract readonly signingKey: string;
  abstract readonly platform: string;
  abstract readonly platformKey: string;
  abstract readonly partnerCertificates: string;
  abstract readonly partnerListen: string;
  abstract readonly partnerListenCertificates: string;
  abstract readonly clock: 'system' | 'virtual';
  abstract readonly clockStart: number;
  abstract readonly logLevel: LogLevel;
  abstract readonly drainSeconds: number;
  abstract readonly horizonDays: number;
  abstract readonly receivableDays: number;
  abstract readonly shards: string;
  abstract readonly leaseTermMs: number;
  abstract readonly telemetryForward: string;
  abstract readonly nationalUrl: string;
  abstract readonly nationalKey: string;
  abstract readonly nationalCertificates: string;
  abstract readonly nationalCredential: string;
  abstract readonly rollupDays: number;
  abstract readonly poolRollupDays: number;
  abstract readonly partnerMessageDays: number;
}

interface Setting<T> {
  readonly description: string;
  /** As it would be written in the environment. */
  readonly default: string;
  /** Throws the name of the rule that the text breaks. */
  readonly parse: (text: string) => T;
}

const text = (value: string): string => value;

const integer =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) throw new Error(`setting_must_be_an_integer_from_${min}_to_${max}`);
    return number;
  };

const oneOf =
  <const T extends string>(...values: T[]) =>
  (value: string): T => {
    const found = values.find((known) => known === value);
    if (found === undefined) throw new Error(`setting_must_be_one_of: ${values.join(', ')}`);
    return found;
  };

const given = (value: string): string => {
  if (value === '') throw new Error('setting_must_not_be_empty');
  return value;
};

const platformName = (value: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(value)) throw new Error('setting_must_be_a_name: up to 80 letters, digits, dots, dashes');
  return value;
};

const time = (value: string): number => {
  const at = readTime(value);
  if (at === undefined) throw new Error('setting_must_be_an_rfc_3339_time');
  return at;
};

/** An address of a server, or nothing; what is wrong about it is said by who reads it. */
const url =
  (read: (value: string) => unknown) =>
  (value: string): string => {
    if (value !== '') read(value);
    return value;
  };

const address = (value: string): string => {
  if (value !== '' && !isAddress(value)) throw new Error('setting_must_be_an_address: host:port');
  return value;
};

const isAddress = (value: string): boolean => /^[\w.-]+:\d{1,5}$/.test(value);

const serviceNames = (value: string): string => {
  if (!/^[a-z]+(,[a-z]+)*$/.test(value)) throw new Error('setting_must_be_names_with_commas_between');
  return value;
};

const peers = (value: string): ReadonlyMap<string, readonly string[]> => {
  const named = value.split(';').filter(Boolean);
  const parsed = named.map((peer): [string, string[]] => {
    const [, name = '', addresses = ''] = /^([a-z]+)=(.+)$/.exec(peer) ?? [];
    return [name, addresses.split(',')];
  });
  if (parsed.some(([name, addresses]) => name === '' || !addresses.every(isAddress)) || new Map(parsed).size < named.length)
    throw new Error('setting_must_name_each_service_once_with_its_addresses: registry=host:port,host:port;scheduler=host:port');
  return new Map(parsed);
};

const settings: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  data: { default: '.exchange', description: 'Folder of the embedded database; made where it is missing', parse: given },
  dataSync: {
    default: 'on',
    description: 'off: the embedded database does not wait for the disk; only where the data may be lost, as in a demo',
    parse: oneOf('on', 'off'),
  },
  databaseUrl: {
    default: '',
    description:
      'PostgreSQL 18 to use instead of the embedded one, by a user that may create schemas and roles; ?sslmode=verify-full by TLS, with sslrootcert, sslcert and sslkey naming files',
    parse: url(databaseAddress),
  },
  databaseSecret: {
    default: '',
    description: "Secret from which the services' own database passwords derive; the password of the URL where empty",
    parse: text,
  },
  databasePool: { default: '8', description: 'Database connections of each service at most', parse: integer(6, 200) },
  bus: {
    default: '',
    description:
      'Where events go between services: kafka://host:port,host:port/name, where name begins its topics; kafkas:// by TLS, with ?sslrootcert, sslcert and sslkey, user:password@ by SCRAM-SHA-512; a log in the database where empty',
    parse: url(kafkaAddress),
  },
  hotState: {
    default: '',
    description:
      'Where processes tell each other of limits, keys and live data: redis://user:password@host:port/name, rediss:// by TLS with ?sslrootcert, sslcert and sslkey, where name begins its channels; nowhere where empty',
    parse: url(redisAddress),
  },
  host: { default: '127.0.0.1', description: 'Address to listen on', parse: text },
  httpPort: { default: '8080', description: 'Port of the HTTP API; 0 takes any that is free', parse: integer(0, 65_535) },
  grpcPort: { default: '8081', description: 'Port of the gRPC services; 0 takes any that is free', parse: integer(0, 65_535) },
  services: {
    default: 'all',
    description: 'Services that this process runs, by name: registry,scheduler; the others run in other processes',
    parse: serviceNames,
  },
  healthListen: {
    default: '',
    description: 'host:port of /healthz and /readyz alone, for processes without a gateway; nowhere where empty',
    parse: address,
  },
  meshListen: {
    default: '',
    description: "host:port at which other processes of the exchange reach this one's services, by mutual TLS",
    parse: address,
  },
  meshPeers: {
    default: '',
    description: 'Where services of other processes are: registry=host:port,host:port;scheduler=host:port',
    parse: peers,
  },
  meshCertificates: {
    default: '',
    description: 'Folder with ca.pem, cert.pem, key.pem and perhaps crl.pem; read again when they change',
    parse: text,
  },
  bodyLimit: { default: '8388608', description: 'Largest request in bytes; streams count each message', parse: integer(1_024, 1 << 30) },
  requestsPerSecond: { default: '10000', description: 'Requests a second of one API key', parse: integer(1, 10_000_000) },
  requestBurst: { default: '20000', description: 'Requests at once of a key that made none for a while', parse: integer(1, 10_000_000) },
  cryptography: {
    default: 'international',
    description: 'Of hashes and signatures of evidence: international (SHA-256, Ed25519) or national (SM3, SM2)',
    parse: oneOf(...suiteNames),
  },
  signingKey: {
    default: '',
    description:
      'PEM file of the key that signs the daily roots of the evidence, as `signing-key FILE` makes one; where empty, signing-key.pem in the data folder, made where it is missing, and none by a database URL',
    parse: text,
  },
  platform: {
    default: 'compute-exchange',
    description: 'Name of this platform among its partner platforms',
    parse: platformName,
  },
  platformKey: {
    default: '',
    description:
      'PEM file of the key that signs messages to partner platforms; platform-key.pem in the data folder where empty, made where it is missing, and none by a database URL: nothing is said or heard then',
    parse: text,
  },
  partnerCertificates: {
    default: '',
    description:
      'Folder with cert.pem and key.pem, shown to partner platforms whose servers ask for a certificate; read again when they change; none is shown where empty',
    parse: text,
  },
  partnerListen: {
    default: '',
    description:
      'host:port at which a process of interconnect hears partner platforms by TLS, each by the certificate that is registered for it; messages are then heard there alone. Where empty they come by the gRPC port, and no certificate is asked',
    parse: address,
  },
  partnerListenCertificates: {
    default: '',
    description:
      'Folder with cert.pem and key.pem of that port, and perhaps ca.pem of the authorities that must vouch for partners’ certificates; read again when they change',
    parse: text,
  },
  clock: { default: 'system', description: 'system, or virtual: a clock that only the operator moves', parse: oneOf('system', 'virtual') },
  clockStart: { default: '2026-01-01T00:00:00+08:00', description: 'Where a new virtual clock stands first', parse: time },
  logLevel: {
    default: 'info',
    description: 'fatal, error, warn, info, debug or silent',
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
  },
  drainSeconds: { default: '10', description: 'How long a stop waits for calls under way', parse: integer(0, 3_600) },
  horizonDays: { default: '90', description: 'How far ahead a window may end', parse: integer(1, 3_650) },
  shards: {
    default: '',
    description:
      'Books of the shards from 1 on: for each its CLASS, CLASS/MODEL or CLASS/MODEL/UNIT with commas between, and ; between shards. All others are in shard 0',
    parse: text,
  },
  leaseTermMs: {
    default: '2000',
    description:
      'Milliseconds after which a scheduler that was not heard of, or whose database did not answer, is followed by another; longer where the database stalls longer, and a fail-over takes as much longer',
    parse: integer(500, 600_000),
  },
  telemetryForward: {
    default: '',
    description:
      "Where raw points of telemetry are passed on by OTLP over HTTP: http://host:port/path of the operator's time-series database; nowhere where empty",
    parse: url((value) => new URL(value)),
  },
  nationalUrl: {
    default: '',
    description: 'Where the national node takes reports: https://host/path; nothing is gathered or reported where empty',
    parse: url((value) => {
      if (!/^https?:$/.test(new URL(value).protocol)) throw new Error('setting_must_be_a_url_of_http_or_https');
    }),
  },
  nationalKey: {
    default: '',
    description: "PEM file of the national node's public key, by which its answers are verified",
    parse: text,
  },
  nationalCertificates: {
    default: '',
    description: 'Folder with ca.pem, and cert.pem and key.pem where the national node asks for mutual TLS; what Node trusts where empty',
    parse: text,
  },
  nationalCredential: {
    default: '',
    description: 'What the national node has given this region to send as Authorization: Bearer; nothing is sent where empty',
    parse: text,
  },
  rollupDays: {
    default: '400',
    description:
      'Days for which telemetry is kept node by node, roll-ups and slot reports; of a lease they count from its end. At least 100',
    parse: integer(100, 36_500),
  },
  poolRollupDays: {
    default: '1100',
    description: "Days for which pools' sums of telemetry are kept",
    parse: integer(100, 36_500),
  },
  partnerMessageDays: {
    default: '90',
    description: 'Days for which hellos, advertisements and quotes between platforms are kept; messages that prove money are kept for good',
    parse: integer(1, 36_500),
  },
  receivableDays: {
    default: '14',
    description: 'Days after which what a party owes beyond its holds is overdue and stops its new orders',
    parse: integer(1, 3_650),
  },
};

const keys = Object.keys(settings) as (keyof Config)[];
const variableOf = (key: string): string => `EXCHANGE_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** One line a setting for the help page: variable, default, description. */
export const settingsTable = (): { variable: string; default: string; description: string }[] =>
  keys.map((key) => ({ variable: variableOf(key), default: settings[key].default, description: settings[key].description }));

/** The argument goes before the environment. Throws one error that names every wrong and every unknown key. */
export function readConfig(given: Partial<Config> = {}, environment: NodeJS.ProcessEnv = process.env): Config {
  const known = new Set(keys.map(variableOf));
  const wrong = Object.keys(environment)
    .filter((name) => name.startsWith('EXCHANGE_') && !known.has(name))
    .map((name) => `${name}: setting_must_be_known`);
  for (const name of Object.keys(given)) if (!(name in settings)) wrong.push(`${name}: setting_must_be_known`);

  const read = <K extends keyof Config>(key: K): [K, Config[K] | undefined] => {
    const value = given[key];
    const written = value === undefined ? (environment[variableOf(key)] ?? settings[key].default) : textOf(key, value);
    try {
      return [key, settings[key].parse(written)];
    } catch (error) {
      wrong.push(`${value === undefined ? variableOf(key) : key}: ${messageOf(error)}`);
      return [key, undefined];
    }
  };
  const config = Object.fromEntries(keys.map(read)) as unknown as Config;
  if ((config.meshListen || config.meshPeers?.size) && config.meshCertificates === '')
    wrong.push(`${variableOf('meshCertificates')}: setting_must_be_given_where_services_are_in_other_processes`);
  if (config.partnerListen && !config.partnerListenCertificates)
    wrong.push(`${variableOf('partnerListenCertificates')}: setting_must_be_given_where_partners_are_listened_for`);
  if (config.nationalUrl && !config.nationalKey)
    wrong.push(`${variableOf('nationalKey')}: setting_must_be_given_where_reports_go_to_a_national_node`);
  if (wrong.length) throw new Error(`the configuration is wrong:\n  ${wrong.sort().join('\n  ')}`);
  return config;
}

/** An argument is written as its variable would be, so that one check serves both. */
const textOf = (key: keyof Config, value: Config[keyof Config]): string => {
  if (typeof value === 'object') return [...value].map(([name, addresses]) => `${name}=${addresses.join(',')}`).join(';');
  return key === 'clockStart' && typeof value === 'number' && Number.isFinite(value) ? new Date(value).toISOString() : String(value);
};
