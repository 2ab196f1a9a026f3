// The exchange is killed between writing what is to be reported and sending it, and between sending it and hearing the answer: each item is taken once.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Api, type ExchangeProcess, type Json, startExchange } from '#demo';
import { embeddedPlace, freePorts } from '#platform';
import { build } from '#testing';
import { Nation, writeKeys } from './national.js';

const patienceMs = 120_000;

let folder: string;
let exchange: ExchangeProcess | undefined;
let nation: Nation | undefined;

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'exchange-national-crash-'));
  await chmod(folder, 0o755);
}, 120_000);

afterAll(async () => {
  await exchange?.stop();
  await nation?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function becomes(is: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await is()); await sleep(50))
    if (Date.now() > deadline) throw new Error('it_must_come_to_that_in_time');
}

it('is killed before it sends, and before it hears: nothing is lost, nothing is doubled', async () => {
  const { key, publicKey } = writeKeys(folder);
  nation = await Nation.open(folder, 'Shuitu', publicKey, []);
  await nation.stop();
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const settings = {
    ...{ EXCHANGE_PLATFORM: 'Shuitu', EXCHANGE_PLATFORM_KEY: key },
    ...{ EXCHANGE_NATIONAL_URL: nation.url, EXCHANGE_NATIONAL_KEY: nation.publicKey },
  };
  const place = { data: join(folder, 'data'), httpPort, grpcPort, settings };
  exchange = await startExchange(place);
  const operator = exchange.key!;
  let api = new Api(exchange.address, 'test');
  const waiting = async () => {
    const { lanes } = await api.get(operator, '/v1/national/connection');
    return (lanes as Json[]).reduce((sum, lane) => sum + Number(lane.waiting), 0);
  };
  const participants = 30;
  for (let index = 0; index < participants; index++) await participant(api, operator, index);
  // A registration and a resource of each, and the end of the full report that an opening is.
  await becomes(async () => (await waiting()) >= 2 * participants);

  await exchange.kill();
  await api.destroy();
  await nation.start();
  // Whatever carries items is done, and never answered.
  await nation.fail({ mode: 'drop-answers', match: 'CX-' });
  exchange = await startExchange(place);
  await becomes(async () => (await nation!.taken()).length > 0);
  await exchange.kill();

  // However long what was killed might have gone on with what it had taken up: nobody waits for it.
  await onDatabase(place.data, `update monitoring.national_lanes set next_at = next_at + 3600000`);
  await nation.fail(undefined);
  exchange = await startExchange(place);
  api = new Api(exchange.address, 'test');
  await becomes(async () => (await waiting()) === 0);
  const ids = (await nation.taken()).map(({ kind, itemId }) => `${kind} ${itemId}`);
  expect([...ids].sort()).toEqual([...new Set(ids)].sort());
  expect(ids).toHaveLength(2 * participants + 1);
  await api.destroy();
}, 300_000);

/** Of an exchange that was killed: its server lives on. */
async function onDatabase(data: string, sql: string): Promise<void> {
  const client = new pg.Client((await embeddedPlace(data)).address);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function participant(api: Api, operator: string, index: number): Promise<void> {
  const details = { name: `provider ${index}`, roles: ['PROVIDER'], region: 500_000, industry: 'I', size: 'LARGE' };
  const { participantId } = await api.post(operator, '/v1/participants', { details });
  for (const state of ['SUBMITTED', 'VERIFIED'])
    await api.post(operator, `/v1/participants/${Number(participantId)}/state`, { state, reason: 'papers seen' });
}
