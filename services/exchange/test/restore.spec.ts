// What an operator does by the guide: a back-up under load, the data gone, a restore. With the log in the database all is cut at one moment; a Kafka that was not
// brought back with it holds what the restored database does not know, and is refused until the database has taken up its bus.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { embeddedPlace, freePorts } from '#platform';
import { build, testKafka } from '#testing';
import { Api } from '../src/demo/client.js';
import { type ExchangeProcess, startExchange } from '../src/demo/exchange-process.js';
import { openSmallMarket } from '../src/demo/small-market.js';
import { bid, eachOnce, OrderLoad } from './order-load.js';

const main = join(import.meta.dirname, '../../../dist/services/exchange/src/main.js');
const kafka = await testKafka();

let folder: string;
let data: string;
let exchange: ExchangeProcess | undefined;

beforeAll(() => build(), 120_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-restore-'));
  await chmod(folder, 0o755);
  data = join(folder, 'data');
});

afterEach(async () => {
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

afterAll(() => kafka?.stop());

/** As the superuser, beside the exchange. */
async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...(await embeddedPlace(data)).address });
  // What is lost with the server is an error of the query, too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const rows = <R extends pg.QueryResultRow>(sql: string): Promise<R[]> => asOwner(async (client) => (await client.query<R>(sql)).rows);

/** A step of the guide, as `npm start -- …` runs it. */
const step = (bus: string, ...words: string[]): Promise<string> =>
  promisify(execFile)(process.execPath, [main, ...words], {
    env: { ...process.env, NODE_OPTIONS: '', EXCHANGE_DATA: data, EXCHANGE_BUS: bus, EXCHANGE_LOG_LEVEL: 'fatal' },
  }).then(
    ({ stdout }) => stdout,
    (error: { stderr: string }) => error.stderr,
  );

async function start(bus: string): Promise<ExchangeProcess> {
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  return (exchange = await startExchange({ data, httpPort, grpcPort, settings: { EXCHANGE_BUS: bus } }));
}

/** The machine is lost: the exchange, its database and what both had written. */
async function lose(): Promise<void> {
  const [server] = (await readFile(join(data, 'postgres/data/postmaster.pid'), 'utf8')).split('\n');
  await exchange!.kill();
  exchange = undefined;
  process.kill(Number(server), 'SIGKILL');
  await rm(data, { recursive: true, maxRetries: 20, retryDelay: 100 });
}

/** Readers of settlement stand still while the work goes on; what they read until then stays read. */
const whileSettlementStands = (work: () => Promise<void>): Promise<void> =>
  asOwner(async (client) => {
    await client.query('begin');
    await client.query(`select 1 from settlement.inbox_cursor where topic = 'scheduling' for update`);
    await work();
    await client.query('rollback');
  });

const tradesOf = (service: 'scheduler.trade' | 'settlement.trades') =>
  rows<{ trade: string; bid: string }>(`select trade_id::text as trade, bid_id::text as bid from ${service} order by trade_id`);

/** Every trade is known to settlement as the one that it is, and nothing waits. */
async function settles(): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
    const [{ waiting }] = (await rows<{ waiting: number }>(
      `select (select count(*) from scheduler.outbox)::int4 + (select count(*) from settlement.outbox)::int4
         + (select sum(last_sequence) from scheduler.journal_head)::int4 - (select sum(sequence) from scheduler.projection)::int4 as waiting`,
    )) as [{ waiting: number }];
    const [made, held] = [await tradesOf('scheduler.trade'), await tradesOf('settlement.trades')];
    if (!waiting && made.length === held.length) return expect(held).toEqual(made);
  }
  throw new Error('trades do not reach settlement');
}

/** No service has seen more of a source than that has told, and none less than what nobody could tell it any more. */
async function marksFit(): Promise<void> {
  const beyond = await rows(
    ['registry', 'monitoring', 'scheduler', 'settlement', 'voucher']
      .flatMap((reader) =>
        ['registry', 'monitoring', 'scheduler', 'settlement', 'voucher'].map(
          (teller) =>
            `select '${reader}' as reader, source, inbox.sequence as seen, told.sequence as told
             from ${reader}.inbox join ${teller}.outbox_source told using (source) where inbox.sequence > told.sequence`,
        ),
      )
      .join(' union all '),
  );
  expect(beyond).toEqual([]);
}

const sides: [name: string, bus: string][] = [
  ['a log in the database', ''],
  ...(kafka ? [['Kafka', kafka.url()] as [string, string]] : []),
];

it.each(sides)(
  'is restored from a back-up made under load, its events by %s',
  async (_name, bus) => {
    const { key, address } = await start(bus);
    const operator = key!;
    let api = new Api(address, 'restore');
    const buyer = await openSmallMarket(api, operator, 4, bid('first', '2.50'));
    const copy = join(folder, 'copy');
    const load = new OrderLoad('load', { address, buyer, writers: 2, tradeEvery: 3 });
    let before = new Map<string, Record<string, unknown>>();
    await load.more(30);
    await whileSettlementStands(async () => {
      // Told, and not read: that part of the events is on the bus alone.
      await load.more(30);
      before = new Map(load.acknowledged);
      expect(await step(bus, 'backup', copy)).toMatch(/^The back-up is whole/);
    });
    await load.more(60);
    await load.stop();
    await settles();
    const all = (await tradesOf('scheduler.trade')).length;
    await api.destroy();

    await lose();
    await promisify(execFile)('cp', ['-a', copy, data]);
    let next = bus;
    if (bus) {
      await expect(start(bus)).rejects.toThrow('database_must_not_be_behind_its_bus');
      expect(await step(bus, 'restored')).toContain('restored_exchange_must_have_topics_of_another_name');
      next = `${bus}-2`;
      const [, carried, lost] = /^(\d+) events were carried over; (\d+) are of/.exec(await step(next, 'restored')) ?? [];
      expect(Number(carried)).toBeGreaterThan(before.size / 3);
      expect(Number(lost)).toBeGreaterThan(0);
    } else expect(await step(bus, 'restored')).toContain('exchange_must_have_its_bus_on_kafka');

    const back = await start(next);
    api = new Api(back.address, 'restored');
    await settles();
    expect((await tradesOf('scheduler.trade')).length).toBeLessThan(all);
    await eachOnce(api, buyer, before);
    // The same numbers are given again, to other trades.
    const again = new OrderLoad('again', { address: back.address, buyer, writers: 2, tradeEvery: 3 });
    await again.more(120);
    await again.stop();
    await eachOnce(api, buyer, again.acknowledged);
    await settles();
    await marksFit();
    expect((await tradesOf('scheduler.trade')).length).toBeGreaterThan(0);
    expect(await api.post(operator, '/v1/market/verify', {})).toMatchObject({ same: true });
    expect(await api.get(operator, '/v1/ledger/summary')).toMatchObject({ imbalance: '0' });
    expect(await api.get(operator, '/v1/dead-letters')).not.toHaveProperty('deadLetters.0');
    await api.destroy();
  },
  600_000,
);
