// Two processes of the scheduler, of which one leads: what was acknowledged is there once, whether the leader is killed or frozen under load.
import { SplitExchange } from '#cluster';
import { build, testDatabase, type TestDatabase } from '#testing';
import { Api, Problem, type Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';

const writers = 6;

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

function bid(clientOrderId: string, limitPrice: string): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { clientOrderId, terms: { books: [book], units: 1, ...window, limitPrice, timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

interface Load {
  /** Answers by the order's own name. */
  readonly acknowledged: Map<string, Json>;
  stop(): Promise<void>;
}

/** Bids as fast as they are answered; one whose outcome is not known is said again under its key until it is. */
function load(name: string): Load {
  const acknowledged = new Map<string, Json>();
  let isOver = false;
  const write = async (writer: number): Promise<void> => {
    const api = new Api(exchange.address(), name);
    for (let call = 0; !isOver; call += 1) {
      const once = `${name}-${writer}-${call}`;
      const body = bid(once, call % 20 === 0 ? '2.50' : '1.50');
      while (!acknowledged.has(once))
        try {
          acknowledged.set(once, await api.post(buyer, '/v1/bids', body, once));
        } catch (error) {
          if (error instanceof Problem && error.status < 500) throw error;
        }
    }
    await api.close();
  };
  const all = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return {
    acknowledged,
    stop: async () => {
      isOver = true;
      await all;
    },
  };
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Each order once, as it was acknowledged, and the state that of the journal's replay. */
async function nothingLost({ acknowledged }: Load): Promise<void> {
  const api = new Api(exchange.address(), 'after');
  for (const [once, { bidId }] of acknowledged) {
    const { bids } = await api.get(buyer, `/v1/bids?clientOrderId=${once}`);
    expect((bids as Json[]).map((found) => found.bidId)).toEqual([bidId]);
  }
  expect(await api.post(exchange.key, '/v1/market/verify', {})).toMatchObject({ same: true });
  await api.close();
}

it('a standby takes over from a leader that is killed under load', async () => {
  const under = load('killed');
  await until(() => under.acknowledged.size >= 100);
  await exchange.running.get('one')!.kill();
  const before = under.acknowledged.size;
  await until(() => under.acknowledged.size >= before + 100);
  await under.stop();
  await nothingLost(under);
}, 480_000);

it('a leader that was frozen finds its late write refused and ends, and is a standby when it is started again', async () => {
  await exchange.start('one');
  const under = load('frozen');
  await until(() => under.acknowledged.size >= 100);
  const leader = exchange.running.get('two')!;
  leader.signal('SIGSTOP');
  const before = under.acknowledged.size;
  await until(() => under.acknowledged.size >= before + 100);
  leader.signal('SIGCONT');
  await leader.ended;
  await exchange.start('two');
  const after = under.acknowledged.size;
  await until(() => under.acknowledged.size >= after + 50);
  await under.stop();
  await nothingLost(under);
}, 480_000);
