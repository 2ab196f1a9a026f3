// Killed at any moment, the exchange keeps what it acknowledged and nothing else.
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '#platform';
import { Api, Problem } from '../src/demo/client.js';
import type { Json } from '../src/demo/client.js';
import { startExchange } from '../src/demo/exchange-process.js';
import type { ExchangeProcess } from '../src/demo/exchange-process.js';
import { slotMs } from '../src/demo/orders.js';
import { Random } from '../src/demo/random.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';

const kills = 10;
const writers = 8;
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 2 ** 32);

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
  await chmod(folder, 0o755);
}, 120_000);

afterAll(async () => {
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

function bid(now: number, random: Random): Json {
  const durationSlots = random.whole(1, 40);
  const earliest = now + random.whole(4, 600);
  const units = random.whole(1, 8);
  return {
    terms: {
      books: [book],
      units,
      durationSlots,
      earliest: rfc(earliest),
      latest: rfc(earliest + durationSlots + random.whole(0, 8)),
      // Some match, some below the ask rest, and some break a rule (GTD without a time) and are refused.
      limitPrice: random.chance(0.5) ? '2.50' : '1.50',
      timeInForce: random.chance(0.1) ? 'GTD' : 'GTC',
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
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const place = { data: join(folder, 'data'), httpPort, grpcPort };
  exchange = await startExchange(place);
  const operator = exchange.key!;
  let api = new Api(exchange.address, 'test');
  const buyer = await openSmallMarket(api, operator, 20, bid(Math.floor(Date.now() / slotMs), new Random(1)));
  let acknowledged = 0;
  let refused = 0;
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
      if (outcome !== 'unknown') {
        expect({ once, outcome, found }).toEqual({ once, outcome, found: outcome === 'acknowledged' ? 1 : 0 });
        continue;
      }
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
    refused += attempts.filter(({ outcome }) => outcome === 'refused').length;
    acknowledged += attempts.filter(({ outcome }) => outcome === 'acknowledged').length;
    expect(await api.post(operator, '/v1/market/verify', {}, `verify-${round}`)).toMatchObject({ same: true });
  }
  expect(acknowledged).toBeGreaterThan(kills * writers);
  expect(refused).toBeGreaterThan(kills);
  const summary = await api.get(operator, '/v1/ledger/summary');
  expect(Number(summary.imbalance ?? 0)).toBe(0);
  await api.destroy();
}, 300_000);
