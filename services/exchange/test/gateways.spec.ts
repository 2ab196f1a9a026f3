// Two gateways before one market with a standby: one client's idempotency keys, limits, live streams and keys at both, with Redis, while it fails and without.
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { SplitExchange } from '#cluster';
import { build, listen, testDatabase, testRedis, type TestDatabase } from '#testing';
import { Api, Problem, type Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';

jest.setTimeout(120_000);

const redis = await testRedis();
/** Of a key: enough for all calls here, and soon used up. */
const [perSecond, burst] = [20, 400];
const bidPrice = '2.50';

let database: TestDatabase;
let exchange: SplitExchange;
let gateways: [Api, Api];
let buyer: string;

beforeAll(async () => {
  build();
  database = await testDatabase();
  const layout = {
    others: ['registry', 'monitoring', 'settlement', 'voucher', 'interconnect'],
    market: ['scheduler'],
    standby: ['scheduler'],
    one: ['gateway'],
    two: ['gateway'],
  };
  exchange = await SplitExchange.prepare(layout, database.url, {
    EXCHANGE_REQUESTS_PER_SECOND: String(perSecond),
    EXCHANGE_REQUEST_BURST: String(burst),
    ...(redis ? { EXCHANGE_HOT_STATE: redis.url() } : {}),
  });
  await exchange.startAll();
  // Under one name, so that a call's idempotency key is the same at both.
  gateways = [new Api(exchange.address('one'), 'gateways'), new Api(exchange.address('two'), 'gateways')];
  buyer = await openSmallMarket(gateways[0], exchange.key, 4, bid());
}, 240_000);

afterAll(async () => {
  await Promise.all((gateways ?? []).map((api) => api.close()));
  await exchange?.stop();
  await database?.drop();
  await redis?.stop();
});

function bid(units = 1): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units, ...window, limitPrice: bidPrice, timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

const ruleOf = (call: Promise<Json>): Promise<string> =>
  call.then(
    () => 'was not refused',
    (error: unknown) => (error instanceof Problem ? error.rule : Promise.reject(error as Error)),
  );

async function rowsOf(key: string, path: string, rows: string): Promise<Json[]> {
  const found: Json[] = [];
  for await (const row of gateways[0].list(key, path, rows)) found.push(row);
  return found;
}

describe('one client’s idempotency keys', () => {
  it('of orders: said to both at once there is one order and one answer, and another body is refused at either', async () => {
    const before = (await rowsOf(buyer, '/v1/bids', 'bids')).length;
    for (let round = 0; round < 10; round++) {
      const body = bid();
      const [one, two] = await Promise.all(gateways.map((api) => api.post(buyer, '/v1/bids', body, `order-${round}`)));
      expect(one!.bidId).toEqual(two!.bidId);
      for (const api of gateways)
        expect(await ruleOf(api.post(buyer, '/v1/bids', bid(2), `order-${round}`))).toBe('idempotency_key_must_not_be_reused');
    }
    expect(await rowsOf(buyer, '/v1/bids', 'bids')).toHaveLength(before + 10);
  });

  it('of money: said to both at once it is paid in once', async () => {
    const { participantId } = await gateways[0].get(buyer, '/v1/me');
    const paidIn = async () => {
      const accounts = await rowsOf(buyer, '/v1/accounts', 'accounts');
      return Number(accounts.find(({ code }) => String(code).endsWith('/money'))!.creditsPosted);
    };
    const before = await paidIn();
    for (let round = 0; round < 5; round++) {
      const deposit = (amount: string) => ({ participantId, amount, bankReference: `receipt-${round}` });
      const answers = gateways.map((api) => api.post(exchange.key, '/v1/deposits', deposit('7'), `deposit-${round}`));
      const [one, two] = await Promise.all(answers);
      expect(one).toEqual(two);
      for (const api of gateways)
        expect(await ruleOf(api.post(exchange.key, '/v1/deposits', deposit('8'), `deposit-${round}`))).toBe(
          'idempotency_key_must_not_be_reused',
        );
    }
    expect((await paidIn()) - before).toBe(35);
  });

  it('of the gateway’s own: said to both at once there is one key, whose secret is told once', async () => {
    const made = await Promise.all(gateways.map((api) => api.post(buyer, '/v1/keys', { name: 'both' }, 'key')));
    const [one, two] = made.map(({ key }) => key);
    expect(one).toEqual(two);
    expect(made.map(({ secret }) => secret).filter(Boolean)).toHaveLength(1);
    expect((await rowsOf(buyer, '/v1/keys', 'keys')).filter(({ name }) => name === 'both')).toHaveLength(1);
  });
});

/** A new key of the buyer's, known at both gateways. */
async function newKey(name: string): Promise<{ secret: string; keyId: number }> {
  const { key, secret } = await gateways[0].post(buyer, '/v1/keys', { name });
  for (const api of gateways) await api.get(String(secret), '/v1/me');
  return { secret: String(secret), keyId: Number((key as Json).keyId) };
}

/** Calls until one is refused. @returns how many were let in, and the refusal */
async function flood(name: string, secret: string): Promise<{ letIn: number; refused: Response }> {
  const call = () => fetch(`${exchange.address(name)}/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  for (let letIn = 0; ;) {
    const answers = await Promise.all(Array.from({ length: 50 }, call));
    letIn += answers.filter(({ status }) => status === 200).length;
    const refused = answers.find(({ status }) => status !== 200);
    if (refused) return { letIn, refused };
  }
}

/** Opened at the second gateway; what is placed at the first must come. */
async function followed(): Promise<{ shows: () => Promise<void>; stop: () => void }> {
  const known = await rowsOf(buyer, '/v1/bids', 'bids');
  const stream = await listen(`${exchange.address('two')}/v1/orders/events`, buyer);
  const seen = new Set<string>();
  const until = async (bidId: string) => {
    while (!seen.has(bidId))
      for (const { data } of await stream.read(1)) for (const [, id] of data.matchAll(/"([0-9A-Z]{11})"/g)) seen.add(id!);
  };
  await until(String(known[0]!.bidId));
  return {
    shows: async () => {
      const { bidId } = await gateways[0].post(buyer, '/v1/bids', bid());
      await until(String(bidId));
    },
    stop: stream.stop,
  };
}

/** @returns milliseconds from the stream's opening at the second gateway to its end, its key being revoked at the first */
async function revoked(): Promise<number> {
  const { secret, keyId } = await newKey('revoked');
  const opened = performance.now();
  const stream = await listen(`${exchange.address('two')}/v1/market/events`, secret);
  await stream.read(1);
  const answer = await fetch(`${exchange.address('one')}/v1/keys/${keyId}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${buyer}`, 'idempotency-key': `revoke-${keyId}` },
  });
  expect(answer.status).toBe(200);
  const problem = (await stream.rest()).at(-1)!;
  expect(problem.event).toBe('problem');
  expect(JSON.parse(problem.data)).toMatchObject({ rule: 'key_must_not_be_revoked' });
  return performance.now() - opened;
}

const standing = async (name: string): Promise<string> => {
  const { checks } = (await (await fetch(`${exchange.address(name)}/readyz`)).json()) as { checks: { name: string; detail: string }[] };
  return checks.find((check) => check.name === 'hot state')!.detail;
};

async function until(detail: string): Promise<void> {
  for (const name of ['one', 'two']) while ((await standing(name)) !== detail) await sleep(20);
}

if (redis) {
  it('a key’s limit counts for both: what it took at one it lacks at the other, and each says when to come again', async () => {
    await until('Redis answers');
    const { secret } = await newKey('limited');
    expect((await flood('one', secret)).letIn).toBeGreaterThanOrEqual(burst - 10);
    const { letIn, refused } = await flood('two', secret);
    expect(letIn).toBeLessThan(burst / 2);
    expect(await refused.json()).toMatchObject({ rule: 'requests_must_keep_the_rate', status: 429 });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('a stream at one shows what was placed through the other, also after FLUSHALL', async () => {
    const stream = await followed();
    await stream.shows();
    await redis.flushAll();
    await stream.shows();
    stream.stop();
  });

  // Without a word of it a stream asks again 5 s after it was opened.
  it('a key revoked at one ends its stream at the other at once', async () => {
    expect(await revoked()).toBeLessThan(4_500);
  });
}

const own = redis?.own;
if (own)
  it.each([
    ['killed', () => own.crash(), () => own.run()],
    ['frozen', () => own.freeze(), () => own.thaw()],
  ])(
    'while Redis is %s orders are placed and shown, limits and revoked keys hold, and after it all is as before',
    async (_name, begin, end) => {
      const stream = await followed();
      await begin();
      try {
        await stream.shows();
        await until('Redis is not reached: each process counts for itself');
        await stream.shows();
        const { secret } = await newKey('alone');
        for (const name of ['one', 'two']) expect((await flood(name, secret)).letIn).toBeGreaterThanOrEqual(burst - 10);
        await revoked();
      } finally {
        await end();
      }
      await until('Redis answers');
      await stream.shows();
      stream.stop();
      expect(await revoked()).toBeLessThan(4_500);
    },
  );
