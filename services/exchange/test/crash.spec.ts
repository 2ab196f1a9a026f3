// Killed at any moment, the exchange keeps what it acknowledged and nothing else.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, Problem } from '../src/demo/client.js';
import type { Json } from '../src/demo/client.js';
import { freePort, startExchange } from '../src/demo/exchange-process.js';
import type { ExchangeProcess } from '../src/demo/exchange-process.js';
import { slotMs } from '../src/demo/orders.js';
import { Random } from '../src/demo/random.js';

const kills = 10;
const writers = 8;
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 2 ** 32);
const rfc = (slot: number) => new Date(slot * slotMs).toISOString();

interface Attempt {
  readonly once: string;
  readonly body: Json;
  outcome: 'acknowledged' | 'refused' | 'unknown';
}

let folder: string;
let exchange: ExchangeProcess | undefined;

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = await mkdtemp(join(tmpdir(), 'exchange-crash-'));
}, 120_000);

afterAll(async () => {
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function participant(api: Api, operator: string, name: string, role: string): Promise<{ id: number; key: string }> {
  const { participantId } = await api.post(operator, '/v1/participants', {
    details: { name, roles: [role], region: 500000, size: 'LARGE', orderRatePerSecond: 1_000_000 },
  });
  const id = Number(participantId);
  for (const state of ['SUBMITTED', 'VERIFIED']) await api.post(operator, `/v1/participants/${id}/state`, { state, reason: 'test' });
  const { secret } = await api.post(operator, '/v1/keys', { participantId: id, roles: [role], name });
  return { id, key: String(secret) };
}

/** One provider with one pool and a standing offer, one buyer with money; answers the buyer's key. */
async function openMarket(api: Api, operator: string): Promise<string> {
  const provider = await participant(api, operator, 'provider', 'PROVIDER');
  const verified = async (path: string) => {
    for (const state of ['SUBMITTED', 'VERIFIED']) await api.post(operator, `${path}/state`, { state, reason: 'test' });
  };
  const { siteId } = await api.post(provider.key, '/v1/sites', {
    details: { name: 'site', region: 500000, zone: 'DOMESTIC', securityGrade: 3, standardRacks: 200, pueMilli: 1200 },
  });
  await verified(`/v1/sites/${Number(siteId)}`);
  const { poolId } = await api.post(provider.key, '/v1/pools', {
    details: {
      siteId,
      computeClass: 'INTELLIGENT',
      model: 'T4',
      unit: 'CARD',
      unitsPerNode: 8,
      interconnect: 'ETHERNET',
      confirmsAtOnce: true,
      heartbeatDeadlineSeconds: 604_800,
    },
  });
  await api.bulk(
    provider.key,
    `/v1/pools/${Number(poolId)}/nodes`,
    Array.from({ length: 20 }, (_, node) => ({ serial: `node-${node}` })),
  );
  await verified(`/v1/pools/${Number(poolId)}`);
  await api.post(provider.key, `/v1/pools/${Number(poolId)}/heartbeat`, {});
  const now = Math.floor(Date.now() / slotMs);
  const buyer = await participant(api, operator, 'buyer', 'BUYER');
  await api.post(operator, '/v1/deposits', { participantId: buyer.id, amount: '100000000.00', bankReference: 'test' });
  await eventually(() =>
    api.post(provider.key, '/v1/offers', {
      poolId,
      tier: 'FIRM',
      units: 160,
      window: { from: rfc(now + 2), to: rfc(now + 960) },
      ask: '2.00',
    }),
  );
  await eventually(() => api.post(buyer.key, '/v1/bids', bid(now, new Random(1))));
  return buyer.key;
}

/** Facts and money reach the market by events: a call that needs them is said again until they have. */
async function eventually<T>(call: () => Promise<T>, until = Date.now() + 20_000): Promise<T> {
  for (;;)
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Problem) || Date.now() > until) throw error;
    }
}

function bid(now: number, random: Random): Json {
  const durationSlots = random.whole(1, 40);
  const earliest = now + random.whole(4, 600);
  const units = random.whole(1, 8);
  return {
    terms: {
      books: [{ computeClass: 'INTELLIGENT', model: 'T4', unit: 'CARD', tier: 'FIRM' }],
      units,
      durationSlots,
      earliest: rfc(earliest),
      latest: rfc(earliest + durationSlots + random.whole(0, 8)),
      // Some below the ask rest, some are too dear for the money and are refused.
      limitPrice: random.chance(0.1) ? '9000.00' : random.chance(0.5) ? '2.50' : '1.50',
      timeInForce: 'GTC',
      placement: 'ANYWHERE',
    },
  };
}

/** Bids as fast as they are answered, until the exchange dies under them. */
async function load(address: string, key: string, round: number, writer: number, attempts: Attempt[]): Promise<void> {
  const random = new Random(seed + round * 100 + writer);
  const api = new Api(address, 'load');
  const now = Math.floor(Date.now() / slotMs);
  try {
    for (let call = 0; ; call += 1) {
      const once = `${round}-${writer}-${call}`;
      const attempt: Attempt = { once, body: { ...bid(now, random), clientOrderId: once }, outcome: 'unknown' };
      attempts.push(attempt);
      try {
        await api.post(key, '/v1/bids', attempt.body, once);
        attempt.outcome = 'acknowledged';
      } catch (error) {
        if (!(error instanceof Problem) || error.status >= 500) return;
        attempt.outcome = 'refused';
      }
    }
  } finally {
    await api.destroy();
  }
}

async function countOf(api: Api, key: string, clientOrderId: string): Promise<number> {
  return ((await api.get(key, `/v1/bids?clientOrderId=${clientOrderId}`)).bids as Json[]).length;
}

it(`keeps every acknowledged command and no refused one, killed ${kills} times (CRASH_SEED=${seed})`, async () => {
  const random = new Random(seed);
  const place = { data: join(folder, 'data'), httpPort: await freePort(), grpcPort: await freePort() };
  exchange = await startExchange(place);
  const operator = exchange.key!;
  let api = new Api(exchange.address, 'test');
  const buyer = await openMarket(api, operator);
  let acknowledged = 0;
  for (let round = 0; round < kills; round += 1) {
    const attempts: Attempt[] = [];
    const loads = Array.from({ length: writers }, (_, writer) => load(exchange!.address, buyer, round, writer, attempts));
    const killAfter = random.whole(100, 900);
    await new Promise((resolve) => setTimeout(resolve, killAfter));
    await exchange.kill();
    await Promise.all(loads);
    await api.destroy();
    exchange = await startExchange(place);
    api = new Api(exchange.address, 'load');
    for (const { once, body, outcome } of attempts) {
      const found = await countOf(api, buyer, once);
      expect({ once, outcome, found }).toEqual({
        once,
        outcome,
        found: outcome === 'acknowledged' ? 1 : outcome === 'refused' ? 0 : expect.any(Number),
      });
      if (outcome !== 'unknown') continue;
      // What nobody knows is said again: then it is there once, or refused and not there.
      const again = await api.post(buyer, '/v1/bids', body, once).then(
        () => 1,
        (error: unknown) => {
          if (error instanceof Problem && error.status < 500) return 0;
          throw error;
        },
      );
      expect({ once, found: await countOf(api, buyer, once) }).toEqual({ once, found: again });
    }
    acknowledged += attempts.filter(({ outcome }) => outcome === 'acknowledged').length;
    expect(await api.post(operator, '/v1/market/verify', {}, `verify-${round}`)).toMatchObject({ same: true });
  }
  expect(acknowledged).toBeGreaterThan(kills * writers);
  const summary = await api.get(operator, '/v1/ledger/summary');
  expect(Number(summary.imbalance ?? 0)).toBe(0);
  await api.destroy();
}, 300_000);
