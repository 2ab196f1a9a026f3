// 256 redeemers over one budget, in an exchange that is killed under them: nothing is paid beyond it, nothing twice, and its pots add up after each start.
// REDEEMERS_ATTEMPTS=100000 is the full run; what it found is printed then.
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseYuan } from '#domain';
import { freePorts } from '#platform';
import { Api, Problem } from '../src/demo/client.js';
import type { Json } from '../src/demo/client.js';
import { startExchange } from '../src/demo/exchange-process.js';
import type { ExchangeProcess } from '../src/demo/exchange-process.js';
import { slotMs } from '../src/demo/orders.js';
import { Random } from '../src/demo/random.js';
import { participant } from '../src/demo/registering.js';
import { book, rfc, smallMarket } from '../src/demo/small-market.js';

const redeemers = 256;
const attempts = Number(process.env.REDEEMERS_ATTEMPTS ?? 10_000);
const kills = Math.ceil(attempts / 2_000);
/** In each of the three steps from leases to paid claims. */
const killsAtEachStep = Math.ceil(kills / 5) + 2;
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 2 ** 32);
const firms = 32;
/** Each has four connections. */
const apiCount = redeemers / 4;
const budget = attempts / 50;
const nodes = 50;
const windowSlots = 48;
const day = 86_400_000;

let folder: string;
let exchange: ExchangeProcess;
let apis: Api[] = [];
let operator: string;
let keys: string[];
let programmeId: number;
let from: number;
let place: Parameters<typeof startExchange>[0];
/** Resolves when the exchange runs; another one while it starts anew. */
let up: Promise<void> = Promise.resolve();
let restarts = 0;
/** The most that was ever seen held and redeemed beyond the budget. */
let overrun = 0n;
/** What was redeemed when it was killed while claims were paid. */
const redeemedAtDeath: bigint[] = [];

const api = (of = 0): Api => apis[of % apis.length]!;
const yuan = (amount: unknown): bigint => parseYuan(typeof amount === 'string' ? amount : '0')!;

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = await mkdtemp(join(tmpdir(), 'exchange-redeemers-'));
  await chmod(folder, 0o755);
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  place = { data: join(folder, 'data'), httpPort, grpcPort, settings: { EXCHANGE_CLOCK: 'virtual' } };
  exchange = await startExchange(place);
  operator = exchange.key!;
  connect();
}, 300_000);

afterAll(async () => {
  await Promise.all(apis.map((one) => one.destroy()));
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

function connect(): void {
  apis = Array.from({ length: apiCount }, () => new Api(exchange.address, 'redeem'));
}

const timeNow = async (): Promise<number> => Date.parse(String((await api().get(operator, '/v1/clock')).time));

async function openProgramme(): Promise<void> {
  const details = { name: 'authority', roles: ['AUTHORITY'], region: 500000, industry: 'S', size: 'LARGE' };
  const officer = await participant(api(), operator, details);
  const date = (time: number) => new Date(time + day / 3).toISOString().slice(0, 10);
  const now = await timeNow();
  const terms = {
    name: 'one budget',
    budget: String(budget),
    firstDay: date(now),
    lastDay: date(now + 20 * day),
    kind: 'GUARANTEE',
    tiers: [{ rateBp: 2000 }],
  };
  programmeId = Number((await api().post(officer.key, '/v1/programmes', { terms })).programmeId);
  await api().post(officer.key, `/v1/programmes/${programmeId}/submit`, {});
  const second = await api().post(operator, '/v1/keys', { participantId: officer.id, roles: ['AUTHORITY'], name: 'second officer' });
  await api().post(String(second.secret), `/v1/programmes/${programmeId}/approve`, {});
  await api().post(operator, `/v1/programmes/${programmeId}/approve`, {});
}

/** One in three is the same as an earlier one, under its key. */
function rootOf(attempt: number): number {
  const random = new Random(seed + attempt);
  return attempt > 0 && random.chance(1 / 3) ? rootOf(random.whole(Math.max(0, attempt - redeemers), attempt - 1)) : attempt;
}

/** One in four buys at once; the others rest below the ask and keep their share until they are taken back. */
function bidOf(root: number): Json {
  const random = new Random(seed ^ root);
  const buys = random.chance(1 / 4);
  const earliest = from + random.whole(0, windowSlots - 4);
  return {
    terms: {
      books: [book],
      units: 1,
      durationSlots: random.whole(1, 4),
      earliest: rfc(earliest),
      latest: rfc(from + windowSlots),
      limitPrice: buys ? '2.50' : '1.50',
      timeInForce: buys ? 'IOC' : 'GTC',
      placement: 'ANYWHERE',
    },
    programmeId,
  };
}

/** R-32's sum, and nothing beyond the budget. */
async function checkPots(): Promise<Record<'held' | 'redeemed' | 'available', bigint>> {
  const pots = await api().get(operator, `/v1/programmes/${programmeId}/balances`);
  const [issued, available, held, redeemed, expired, revoked] = (
    ['issued', 'available', 'held', 'redeemed', 'expired', 'revoked'] as const
  ).map((name) => yuan(pots[name])) as [bigint, bigint, bigint, bigint, bigint, bigint];
  expect(issued).toBe(BigInt(budget) * 1_000_000n);
  expect(available + held + redeemed + expired + revoked).toBe(issued);
  if (held + redeemed - issued > overrun) overrun = held + redeemed - issued;
  expect(available >= 0n && held >= 0n && overrun === 0n).toBe(true);
  return { held, redeemed, available };
}

/** No contract is paid for twice a month. */
async function checkClaims(): Promise<{ granted: Json[]; twice: number }> {
  const granted: Json[] = [];
  for await (const claim of api().list(operator, `/v1/claims?programmeId=${programmeId}`, 'claims'))
    if (yuan(claim.amount) > 0n) granted.push(claim);
  const contracts = granted.map((claim) => `${String(claim.bidId)} ${String(claim.month)}`);
  const twice = contracts.length - new Set(contracts).size;
  expect(twice).toBe(0);
  return { granted, twice };
}

function restart(): Promise<void> {
  restarts += 1;
  up = (async () => {
    await exchange.kill();
    await Promise.all(apis.map((one) => one.destroy()));
    exchange = await startExchange(place);
    connect();
    await checkPots();
  })();
  return up;
}

/** Says it until it is answered: what a dead exchange left unanswered comes again under the same key. @throws Problem where it was refused */
async function say(call: () => Promise<Json>): Promise<Json> {
  for (;;) {
    await up;
    try {
      return await call();
    } catch (error) {
      if (error instanceof Problem && error.status < 500) throw error;
    }
  }
}

const unlessRefused = (said: Promise<Json>): Promise<Json | undefined> =>
  said.catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });

it(`R-32: ${redeemers} redeemers, ${attempts} attempts, killed ${kills} times while they bid and again while claims are paid (CRASH_SEED=${seed})`, async () => {
  const start = Math.floor((await timeNow()) / slotMs);
  from = start + 4;
  const opening = { ...bidOf(0), programmeId: 0 };
  const market = await smallMarket(api(), operator, nodes, opening);
  await openProgramme();
  keys = [market.buyer];
  for (let firm = 1; firm < firms; firm += 1) {
    const details = { region: 500000, industry: 'I', size: 'LARGE', orderRatePerSecond: 1_000_000, name: `firm ${firm}`, roles: ['BUYER'] };
    const { id, key } = await participant(api(), operator, details);
    await api().post(operator, '/v1/deposits', { participantId: id, amount: '1000000.00', bankReference: `firm ${firm}` });
    keys.push(key);
  }
  await api().post(operator, '/v1/clock/advance', { to: rfc(start + 1) });

  const random = new Random(seed);
  const deaths = Array.from({ length: kills }, () => random.whole(redeemers, attempts - 1)).sort((one, other) => one - other);
  const bidIds = new Map<number, string>();
  let next = 0;
  let repeated = 0;
  let refused = 0;
  const redeem = async (redeemer: number): Promise<void> => {
    for (let attempt = next++; attempt < attempts; attempt = next++) {
      if (attempt === deaths[0]) {
        while (deaths[0] === attempt) deaths.shift();
        void restart();
      }
      const root = rootOf(attempt);
      const key = keys[root % firms]!;
      const answer = await unlessRefused(say(() => api(redeemer).post(key, '/v1/bids', bidOf(root), `attempt-${root}`)));
      if (!answer) refused += 1;
      else {
        const known = bidIds.get(root);
        if (known !== undefined) repeated += 1;
        expect(answer.bidId).toBe(known ?? answer.bidId);
        bidIds.set(root, String(answer.bidId));
      }
      // Now and then a firm takes back all that rests, and its shares are free for others.
      if (attempt % 40 === 0) await say(() => api(redeemer).post(key, '/v1/orders/cancel-all', {}, `cancel-${attempt}`));
    }
  };
  await Promise.all(Array.from({ length: redeemers }, (_, redeemer) => redeem(redeemer)));
  await up;
  expect(deaths).toEqual([]);
  expect(repeated).toBeGreaterThan(attempts / 10);

  for (const [firm, key] of keys.entries()) await say(() => api().post(key, '/v1/orders/cancel-all', {}, `last-${firm}`));
  await settle(market.poolId, market.provider, random);
  expect((await api().get(operator, '/v1/dead-letters')).deadLetters).toEqual([]);
  const { held, redeemed } = await checkPots();
  expect(held).toBe(0n);
  const { granted, twice } = await checkClaims();
  expect(granted.reduce((sum, claim) => sum + yuan(claim.amount), 0n)).toBe(redeemed);
  for (const claim of granted) expect(yuan(claim.amount) * 5n).toBeLessThanOrEqual(yuan(claim.base) + 50_000n);
  expect(granted.length).toBeGreaterThan(attempts / 200);
  const summary = await api().get(operator, '/v1/ledger/summary');
  expect(Number(summary.imbalance ?? 0)).toBe(0);
  if (process.env.REDEEMERS_ATTEMPTS)
    process.stdout.write(
      `${JSON.stringify({
        ...{ redeemers, attempts, seed, restarts, bids: bidIds.size, repeated, refused },
        ...{ killedWhileClaimsWerePaid: redeemedAtDeath.filter((then) => then < redeemed).length },
        ...{ budget: String(budget), redeemed: Number(redeemed) / 1e6, claims: granted.length, overrun: Number(overrun), twice },
      })}\n`,
    );
}, 3_600_000);

/** The exchange is killed at random moments while it does it; what a dead one left undone the next is told again. @returns after how many kills it was done */
async function killedWhile(work: Promise<Json>, random: Random, died: (redeemed: bigint) => void = () => undefined): Promise<number> {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  let killed = 0;
  while (killed < killsAtEachStep && !isDone) {
    // So many answers later, while it works: the moment is of its own time, not of ours.
    let redeemed = 0n;
    for (let answers = random.whole(1, 12); answers > 0 && !isDone; answers -= 1) ({ redeemed } = await checkPots());
    if (isDone) break;
    died(redeemed);
    killed += 1;
    await restart();
    await checkClaims();
  }
  await done;
  return killed;
}

/** Leases end and are measured, the month is billed, and claims are paid; killed within each. */
async function settle(poolId: number, provider: string, random: Random): Promise<void> {
  const advance = (time: number) =>
    say(() => api().post(operator, '/v1/clock/advance', { to: new Date(time).toISOString() }, `advance-${time}`));
  const over = from + windowSlots;
  expect(await killedWhile(advance((over + 1) * slotMs), random)).toBeGreaterThan(0);
  const samples = Array.from({ length: nodes }, (_, node) => ({ poolId, node, from: rfc(from), to: rfc(over), unitsUp: 8 }));
  await say(() => api().post(provider, '/v1/telemetry', { sequence: 1, samples }, 'telemetry'));
  expect(await killedWhile(advance((over + 12) * slotMs), random)).toBeGreaterThan(0);
  const local = new Date(over * slotMs + day / 3);
  const nextMonth = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - day / 3;
  const billed = await killedWhile(advance(nextMonth + 2 * day), random, (redeemed) => redeemedAtDeath.push(redeemed));
  expect(billed).toBeGreaterThan(0);
  await advance(nextMonth + 3 * day);
}
