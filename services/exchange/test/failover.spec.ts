// Two processes of the scheduler, of which one leads: what was acknowledged is there once, whether the leader is killed or frozen under load.
import { SplitExchange } from '#cluster';
import { build, testDatabase, type TestDatabase } from '#testing';
import { Api } from '../src/demo/client.js';
import { openSmallMarket } from '../src/demo/small-market.js';
import { bid, eachOnce, OrderLoad } from './order-load.js';

let database: TestDatabase;
let exchange: SplitExchange;
let buyer: string;

beforeAll(async () => {
  build();
  database = await testDatabase();
  const layout = {
    others: ['registry', 'monitoring', 'settlement', 'voucher', 'interconnect'],
    one: ['scheduler'],
    two: ['scheduler'],
    gateway: ['gateway'],
  };
  exchange = await SplitExchange.prepare(layout, database.url);
  await exchange.startAll();
  const api = new Api(exchange.address(), 'failover');
  buyer = await openSmallMarket(api, exchange.key, 2, bid('first', '2.50'));
  await api.close();
}, 480_000);

afterAll(async () => {
  await exchange?.stop();
  await database?.drop();
});

const load = (name: string): OrderLoad => new OrderLoad(name, { address: exchange.address(), buyer });

/** Each order once, as it was acknowledged, and the state that of the journal's replay. */
async function nothingLost({ acknowledged }: OrderLoad): Promise<void> {
  const api = new Api(exchange.address(), 'after');
  await eachOnce(api, buyer, acknowledged);
  expect(await api.post(exchange.key, '/v1/market/verify', {})).toMatchObject({ same: true });
  await api.close();
}

it('a standby takes over from a leader that is killed under load', async () => {
  const under = load('killed');
  await under.more(100);
  await exchange.running.get('one')!.kill();
  await under.more(100);
  await under.stop();
  await nothingLost(under);
}, 480_000);

it('a leader that was frozen finds its late write refused and ends, and is a standby when it is started again', async () => {
  await exchange.start('one');
  const under = load('frozen');
  await under.more(100);
  const leader = exchange.running.get('two')!;
  leader.signal('SIGSTOP');
  await under.more(100);
  leader.signal('SIGCONT');
  await leader.ended;
  await exchange.start('two');
  await under.more(50);
  await under.stop();
  await nothingLost(under);
}, 480_000);
