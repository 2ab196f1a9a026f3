// `npm start`: what its command line takes, what it says at its start, and an end that comes before it is ready.
import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import pg from 'pg';
import { startExchange } from '#demo';
import { embeddedPlace, freePorts, keyIdOf, run } from '#platform';
import { build, eventually, testDatabase } from '#testing';
import { modules } from '../src/exchange.js';

const program = join(import.meta.dirname, '../../../dist/services/exchange/src/main.js');
const environment = { ...process.env, NODE_OPTIONS: '', EXCHANGE_HTTP_PORT: '0', EXCHANGE_GRPC_PORT: '0' };

beforeAll(build);

it.each([
  [['backup'], 'backup needs a folder: npm start -- backup FOLDER'],
  [['backup', '/one', '/two'], 'there is nothing behind npm start -- backup FOLDER'],
  [['signing-key'], 'signing-key needs a file: npm start -- signing-key FILE'],
  [['migrate', 'now'], 'there is nothing behind npm start -- migrate'],
  [['restore'], 'there is no restore'],
  [['--port'], "Unknown option '--port'"],
])('says of %j what is wrong of it', (args, said) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: environment });
  const usage = 'usage: npm start [-- migrate | backup FOLDER | restored | signing-key FILE | operator-key]';
  expect({ status, stderr, stdout }).toEqual({ status: 2, stderr: `${said}; --help tells more\n${usage}\n`, stdout: '' });
});

it('leaves no database behind where it is ended while it starts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-start-'));
  await chmod(folder, 0o755);
  const postmaster = join(folder, 'data/postgres/data/postmaster.pid');
  const child = spawn(process.execPath, [program], { env: { ...environment, EXCHANGE_DATA: join(folder, 'data') } });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const running = () => existsSync(postmaster);
  await eventually(() => running() || child.exitCode !== null);
  expect(output).toBe('');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const [logged, said] = [true, false].map((isLog) =>
    output
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{') === isLog),
  );
  expect(said).toEqual(['SIGTERM: ending what is under way (again to end at once)']);
  // As readers of JSON take the last of two.
  expect(logged!.filter((line) => line.match(/"service":/g)?.length !== 1)).toEqual([]);
  expect(running()).toBe(false);
  await rm(folder, { recursive: true });
}, 120_000);

it.each([
  ['httpPort', 'EXCHANGE_HTTP_PORT'],
  ['grpcPort', 'EXCHANGE_GRPC_PORT'],
])(
  'names the setting of a port that another has: %s',
  async (port, setting) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port: taken } = other.address() as AddressInfo;
    const database = await testDatabase();
    const said = jest.spyOn(console, 'error');
    try {
      const given = { databaseUrl: database.url, logLevel: 'silent', httpPort: 0, grpcPort: 0, [port]: taken } as const;
      await expect(run(modules, given)).rejects.toThrow(`${setting}: port_must_be_free: another process listens at 127.0.0.1:${taken}`);
      // No library says it a second time, past the log.
      expect(said).not.toHaveBeenCalled();
    } finally {
      said.mockRestore();
      await database.drop();
      await new Promise((resolve) => other.close(resolve));
    }
  },
  60_000,
);

it('says in a line that a port is taken, before it makes anything', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const data = join(tmpdir(), `exchange-no-port-${port}`);
  const env = { ...environment, EXCHANGE_DATA: data, EXCHANGE_GRPC_PORT: String(port) };
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', env });
    expect({ status, stdout, stderr }).toEqual({
      ...{ status: 1, stdout: '' },
      stderr: `EXCHANGE_GRPC_PORT: port_must_be_free: another process listens at 127.0.0.1:${port}\n`,
    });
    expect(existsSync(data)).toBe(false);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});

it('says what to do where its data came back without the key that signed them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-keyless-'));
  await chmod(folder, 0o755);
  const data = join(folder, 'data');
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  let exchange = await startExchange({ data, httpPort, grpcPort });
  try {
    const keyId = keyIdOf(createPrivateKey(await readFile(join(data, 'signing-key.pem'))));
    const look = new pg.Client((await embeddedPlace(data)).address);
    await look.connect();
    await look.query(
      `insert into settlement.signed_roots (root, block, hash, signed_at, suite, key_id, signature) values (1, 1, '\\x00', 0, 'international', $1, '\\x00')`,
      [keyId],
    );
    await look.end();
    const told =
      /the newest root of the evidence was signed by another key .*After a restore: stop, put signing-key.pem and platform-key.pem/;
    await exchange.stop();
    exchange = await startExchange({ data, httpPort, grpcPort });
    expect(exchange.output()).not.toMatch(told);
    await exchange.stop();
    await rm(join(data, 'signing-key.pem'));
    exchange = await startExchange({ data, httpPort, grpcPort });
    expect(exchange.output()).toMatch(told);
  } finally {
    await exchange.stop();
    await rm(folder, { recursive: true });
  }
}, 120_000);

it('tells where its pages are, and they answer there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-pages-'));
  await chmod(folder, 0o755);
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const exchange = await startExchange({ data: join(folder, 'data'), httpPort, grpcPort });
  try {
    for (const [name, path] of [
      ['API pages', '/docs'],
      ['console', '/console'],
    ] as const) {
      const told = new RegExp(`^ {2}${name} +(\\S+)`, 'm').exec(exchange.output())?.[1];
      expect(told).toBe(`${exchange.address}${path}`);
      const answer = await fetch(told!);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    }
  } finally {
    await exchange.stop();
    await rm(folder, { recursive: true });
  }
}, 120_000);

it('makes an operator key for who has lost the first, beside an exchange that runs, beside one that is stopped, and by the URL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-operator-'));
  await chmod(folder, 0o755);
  const data = join(folder, 'data');
  const env = { ...environment, EXCHANGE_DATA: data };
  const make = (settings: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'operator-key'], {
      ...{ encoding: 'utf8', env: { ...env, ...settings } },
    });
    return { status, stderr, secret: /^ {2}operator {3}(cx_[\w-]+) {3}\(key \d+; shown this once/.exec(stdout)?.[1] ?? '' };
  };
  expect(make()).toMatchObject({ status: 1, stderr: `data_folder_must_hold_a_database: there is none in ${data}\n` });
  expect(existsSync(data)).toBe(false);
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const start = () => startExchange({ data, httpPort, grpcPort, settings: { EXCHANGE_CLOCK: 'virtual' } });
  let exchange = await start();
  const asks = async (secret: string, path: string) =>
    (await (await fetch(`${exchange.address}${path}`, { headers: { authorization: `Bearer ${secret}` } })).json()) as object;
  try {
    const lost = exchange.key!;
    const running = make();
    expect(running).toMatchObject({ status: 0, stderr: '' });
    expect(await asks(running.secret, '/v1/me')).toMatchObject({ participantId: 1, roles: ['OPERATOR'], keyName: 'operator-key' });
    expect(await asks(lost, '/v1/me')).toMatchObject({ keyName: 'first' });
    const { host, user, password, database } = (await embeddedPlace(data)).address;
    const byUrl = make({
      ...{
        EXCHANGE_DATA: join(folder, 'none'),
        EXCHANGE_DATABASE_URL: `postgresql://${user}:${password}@${encodeURIComponent(host)}/${database}`,
      },
    });
    expect(await asks(byUrl.secret, '/v1/me')).toMatchObject({ keyName: 'operator-key' });
    await exchange.stop();
    const stopped = make();
    expect(existsSync(join(data, 'postgres/data/postmaster.pid'))).toBe(false);
    exchange = await start();
    const { keys } = (await asks(stopped.secret, '/v1/keys')) as { keys: { name: string; createdAt: string }[] };
    const { time } = (await asks(stopped.secret, '/v1/clock')) as { time: string };
    expect(keys.map(({ name, createdAt }) => [name, createdAt])).toEqual([
      ...Array<string[]>(3).fill(['operator-key', time]),
      ['first', time],
    ]);
  } finally {
    await exchange.stop();
    await rm(folder, { recursive: true });
  }
}, 120_000);

it('makes no operator key in a database that no exchange has begun on', async () => {
  const database = await testDatabase();
  try {
    const { status, stderr } = spawnSync(process.execPath, [program, 'operator-key'], {
      ...{ encoding: 'utf8', env: { ...environment, EXCHANGE_DATABASE_URL: database.url } },
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'database_must_hold_an_exchange: no gateway has begun on it yet\n' });
  } finally {
    await database.drop();
  }
});
