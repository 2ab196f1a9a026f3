// The demo over an exchange in several processes, whose virtual clocks move together: it comes out as in one process, to the hash of the market's state.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SplitExchange } from '#cluster';
import { build, testDatabase, type TestDatabase } from '#testing';
import type { Result } from '../src/demo/result.js';

const tasks = 20;
/** Where a private exchange's clock stands: the demo's own beginning. */
const beginning = '2026-03-02T00:00:00+08:00';

let database: TestDatabase;
let exchange: SplitExchange;

beforeAll(async () => {
  build();
  database = await testDatabase();
  const layout = {
    facts: ['registry', 'monitoring'],
    money: ['settlement', 'voucher', 'interconnect'],
    one: ['scheduler'],
    two: ['scheduler'],
    gateway: ['gateway'],
  };
  const clock = { EXCHANGE_CLOCK: 'virtual', EXCHANGE_CLOCK_START: beginning };
  exchange = await SplitExchange.prepare(layout, database.url, clock);
  await exchange.startAll();
}, 240_000);

afterAll(async () => {
  await exchange?.stop();
  await database?.drop();
});

/** What it prints, less what no two runs share. */
async function play(...where: string[]): Promise<Result> {
  const script = join(import.meta.dirname, '../../../dist/services/exchange/src/demo/main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', '--limit', String(tasks), ...where], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const { seconds, ...result } = JSON.parse(stdout) as Result & { seconds: number };
  expect(seconds).toBeGreaterThan(0);
  return result;
}

it('gives the same fills, bills and state as in one process', async () => {
  const split = await play('--address', exchange.address(), '--key', exchange.key);
  expect(split).toMatchObject({ bids: { placed: tasks } });
  expect(split).toEqual(await play());
}, 900_000);
