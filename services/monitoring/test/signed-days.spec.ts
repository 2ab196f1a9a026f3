// Days that an agent signs by what it computed itself, and what the exchange answers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import {
  LoggedFrames,
  type PointBlock,
  ProofLine,
  RollupSigningDefinition,
  type SignDayRequest,
  SignedDayState,
  TelemetryDefinition,
  bytesOf,
} from '#contracts';
import { shanghaiDay, slotAt, slotMs, startOfSlot } from '#domain';
import { MonitoringModule } from '#monitoring';
import { Config, cryptographyOf, makeSigningKey, publicPath, toJson } from '#platform';
import { type TestCaller, type TestExchange, operator, testExchange } from '#testing';
import { Metric } from '../src/core/metric.js';
import { type GivenKeys, type ProofFinding, ProofVerifier } from '../src/proof/verify.js';
import { Agent, firstSlot, rollupsOf, type Rollups, slotsOfDay, told as toldOf } from './agent.js';
import { type Box, type PlainRollup, blockOf, plainRollups, pointsOf } from './points.js';
import { sendFrames } from './stream-client.js';
import { Told, ToldModule, tellPool } from './told.js';

const provider: TestCaller = { participantId: 10, roles: ['provider'] };
const stranger: TestCaller = { participantId: 11, roles: ['provider'] };
const minute = 60_000;
const hour = 3_600_000;
const day = 24 * hour;
const { UNITS_UP, POWER, TEMPERATURE } = Metric;

let folder: string;
let exchange: TestExchange;
let told: Told;
let platform: string;
let agent: Agent;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-signed-'));
  const signingKey = join(folder, 'signing-key.pem');
  await makeSigningKey(signingKey, cryptographyOf('international'));
  exchange = await testExchange({ modules: [MonitoringModule, ToldModule], config: { signingKey } });
  told = exchange.running.get(Told);
  platform = exchange.running.get<Config>(Config).platform;
  agent = new Agent(platform);
});
afterAll(async () => {
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

const signing = (caller = provider) => exchange.call(RollupSigningDefinition, caller);
const today = (): number => shanghaiDay(slotAt(exchange.now()));

async function pool(of: Agent | undefined = agent): Promise<number> {
  const poolId = await tellPool(told, { nodeCount: 300 });
  await exchange.advance();
  if (of) await signing().registerAgentKey({ publicKey: of.publicKey, suite: of.suite, poolIds: [poolId] });
  return poolId;
}

let senders = 0;
async function send(boxes: readonly Box[], plain: Map<string, PlainRollup>): Promise<void> {
  await sendFrames(exchange.running, provider, `signed-${++senders}`, [{ sequence: 1, boxes }]);
  plainRollups(boxes.flatMap(pointsOf), exchange.now(), plain);
}

/** Past the day and the hour in which points of it may still come. */
const endDay = async (of: number): Promise<void> => exchange.advanceTo(startOfSlot(firstSlot(of + 1)) + hour);

const boxAt = (poolId: number, at: number, firstNode = 0): Box => ({
  ...{ poolId, firstNode, nodes: 2, at, ticks: 3, stepMs: minute },
  columns: {
    [UNITS_UP]: [8, 8, 8, 7, 8, 8],
    [POWER]: [2_000, 2_100, 2_050, 1_900, 2_010, 2_020],
    [TEMPERATURE]: [-3, 400, 401, 402, 403, 404],
  },
});

/** A pool with some points of a day that is over. */
async function overDay(of: Agent | undefined = agent): Promise<{ poolId: number; of: number; rollups: Rollups }> {
  const poolId = await pool(of);
  const plain = new Map<string, PlainRollup>();
  const which = today();
  await send([boxAt(poolId, exchange.now()), boxAt(poolId, exchange.now(), 255)], plain);
  await exchange.advance(slotMs);
  await send([boxAt(poolId, exchange.now())], plain);
  await endDay(which);
  return { poolId, of: which, rollups: rollupsOf(poolId, plain) };
}

describe('R-29: a day that agent and exchange sign', () => {
  it('is the same on both sides, whatever order, duplication and lateness the points came in', async () => {
    const boxes = fc.record({
      firstNode: fc.integer({ min: 0, max: 297 }),
      back: fc.integer({ min: -90_000, max: 5 * slotMs }),
      wide: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(boxes, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 }), async (rounds) => {
        const poolId = await pool();
        await exchange.advanceTo(startOfSlot(firstSlot(today() + 1)));
        const plain = new Map<string, PlainRollup>();
        const which = today();
        for (const round of rounds) {
          await exchange.advance(4 * hour);
          const made = round.map(({ firstNode, back }): Box => boxAt(poolId, exchange.now() - back, firstNode));
          const frames = made.map((box, index) => ({ sequence: index + 1, boxes: [box] }));
          const name = `any-order-${++senders}`;
          await sendFrames(exchange.running, provider, name, [...frames].reverse());
          await sendFrames(exchange.running, provider, name, frames);
          plainRollups(made.flatMap(pointsOf), exchange.now(), plain);
        }
        await endDay(which);
        const signed = await signing().signDay(agent.signed(poolId, which, rollupsOf(poolId, plain)));
        expect(signed).toMatchObject({ state: SignedDayState.COUNTERSIGNED, differentSlots: [], late: false });
      }),
      { numRuns: 8 },
    );
  });

  it('is counter-signed by the national suite, and where nothing was sent', async () => {
    const national = new Agent(platform, 'national');
    const { poolId, of, rollups } = await overDay(national);
    expect(await signing().signDay(national.signed(poolId, of, rollups))).toMatchObject({ state: SignedDayState.COUNTERSIGNED });
    expect(await signing().signDay(national.signed(poolId, of - 1, new Map()))).toMatchObject({ state: SignedDayState.COUNTERSIGNED });
  });

  it('that differs is kept and shown number by number, until the same is signed', async () => {
    const { poolId, of, rollups } = await overDay();
    const [slot] = [...rollups.keys()].sort() as [number];
    const wrong = structuredClone(rollups);
    wrong.get(slot)!.get(255)!.get(POWER)!.sum += 1;
    wrong.get(slot)!.delete(1);
    const statement = agent.signed(poolId, of, wrong);
    expect(await signing().signDay(statement)).toMatchObject({ state: SignedDayState.DIFFERENT, differentSlots: [slot], differences: 0 });
    const sent = await signing().signDay({ ...statement, rollups: [toldOf(slot, wrong)] });
    expect(sent).toMatchObject({ state: SignedDayState.DIFFERENT, differences: 16 });
    expect(sent.countersignature.length).toBe(0);
    const { differences } = await signing(operator).listRollupDifferences({ poolId, day: of });
    expect(differences.at(-1)).toMatchObject({ slot, node: 255, metric: POWER, what: 'sum', agent: 4_051, exchange: 4_050 });
    expect(differences.filter(({ node }) => node === 1).every(({ agent: theirs }) => theirs === 0)).toBe(true);
    const { days } = await signing(operator).listSignedDays({ state: SignedDayState.DIFFERENT });
    expect(days.map((one) => [one.poolId, one.day])).toContainEqual([poolId, of]);

    const right = agent.signed(poolId, of, rollups);
    const counter = await signing().signDay(right);
    expect(counter).toMatchObject({ state: SignedDayState.COUNTERSIGNED, differentSlots: [] });
    expect(await signing().signDay(right)).toEqual(counter);
    await expect(signing().signDay(statement)).rejects.toMatchObject({ rule: 'day_must_not_be_countersigned' });
    await expect(signing(stranger).listRollupDifferences({ poolId, day: of })).rejects.toMatchObject({ kind: 'absent' });
  });

  it('that nobody signs within seven days is missing, and may still be signed, late', async () => {
    const { poolId, of, rollups } = await overDay();
    const unsigned = await pool(undefined);
    await exchange.advance(9 * day);
    const { days } = await signing().listSignedDays({ state: SignedDayState.MISSING });
    // The day on which the key was registered is nobody's whole day.
    expect(days.filter((one) => one.poolId === poolId).map((one) => one.day)).toEqual([of + 1]);
    expect(days.filter((one) => one.poolId === unsigned)).toEqual([]);
    expect(await signing().signDay(agent.signed(poolId, of + 1, new Map()))).toMatchObject({
      state: SignedDayState.COUNTERSIGNED,
      late: true,
    });
    expect(await signing().signDay(agent.signed(poolId, of, rollups))).toMatchObject({ late: true });
  });
});

describe('a signature', () => {
  type Case = [rule: string, of: (at: { poolId: number; of: number; rollups: Rollups }) => Promise<Partial<SignDayRequest>>];
  const other = (): Agent => new Agent(platform);
  it.each<Case>([
    ['key_must_be_registered', async ({ poolId, of, rollups }) => other().signed(poolId, of, rollups)],
    [
      'key_must_be_of_the_pool',
      async ({ poolId, of, rollups }) => {
        const elsewhere = other();
        await pool(elsewhere);
        return elsewhere.signed(poolId, of, rollups);
      },
    ],
    [
      'key_must_not_have_ended',
      async ({ poolId, of, rollups }) => {
        const ended = other();
        await signing().registerAgentKey({ publicKey: ended.publicKey, suite: ended.suite, poolIds: [poolId] });
        await signing().endAgentKey({ keyId: ended.keyId });
        return ended.signed(poolId, of, rollups);
      },
    ],
    ['signature_must_be_of_the_key', async ({ poolId, of, rollups }) => ({ ...agent.signed(poolId, of - 1, rollups), day: of })],
    ['signature_must_be_of_the_key', async ({ poolId, of, rollups }) => ({ ...agent.signed(poolId + 1, of, rollups), poolId })],
    [
      'signature_must_be_of_the_key',
      async ({ poolId, of, rollups }) => {
        const abroad = new Agent('another-exchange');
        await signing().registerAgentKey({ publicKey: abroad.publicKey, suite: abroad.suite, poolIds: [poolId] });
        return abroad.signed(poolId, of, rollups);
      },
    ],
    ['day_must_be_over_for_an_hour', async ({ poolId, of, rollups }) => agent.signed(poolId, of + 1, rollups)],
    [
      'rollups_must_be_those_that_were_signed',
      async ({ poolId, of, rollups }) => ({
        ...agent.signed(poolId, of, new Map()),
        rollups: [toldOf([...rollups.keys()][0]!, rollups)] as never,
      }),
    ],
    [
      'slot_must_be_of_the_day',
      async ({ poolId, of, rollups }) => ({ ...agent.signed(poolId, of, rollups), rollups: [toldOf(firstSlot(of + 1), rollups)] as never }),
    ],
  ])('is refused by the rule %s', async (rule, requestOf) => {
    const request = await requestOf(await overDay());
    await expect(signing().signDay(request)).rejects.toMatchObject({ rule });
  });

  it('of others is refused as if the pool were not there', async () => {
    const { poolId, of, rollups } = await overDay();
    const request = agent.signed(poolId, of, rollups);
    await expect(signing(stranger).signDay(request)).rejects.toMatchObject({ kind: 'absent' });
    await expect(
      signing(stranger).registerAgentKey({ publicKey: agent.publicKey, suite: 'international', poolIds: [poolId] }),
    ).rejects.toMatchObject({ kind: 'absent' });
    await expect(signing().registerAgentKey({ publicKey: agent.publicKey, suite: 'national', poolIds: [poolId] })).rejects.toMatchObject({
      rule: 'key_must_be_a_public_key_of_its_suite',
    });
  });

  it('waits while points of the day are on their way into the roll-ups', async () => {
    const { poolId, of, rollups } = await overDay();
    await exchange.database.query(
      `with writer as (insert into monitoring.point_writers default values returning writer_id)
       insert into monitoring.point_log select writer_id, 1, $1, '' from writer`,
      [startOfSlot(firstSlot(of) + slotsOfDay)],
    );
    const request = agent.signed(poolId, of, rollups);
    await expect(signing().signDay(request)).rejects.toMatchObject({ kind: 'unavailable', rule: 'points_must_be_merged' });
    await exchange.database.query('delete from monitoring.point_log');
    expect(await signing().signDay(request)).toMatchObject({ state: SignedDayState.COUNTERSIGNED });
  });

  it('is marked where rows of the log were put aside that may be of it, and what both have signed stays as it is', async () => {
    const { poolId, of, rollups } = await overDay();
    const frames = bytesOf(LoggedFrames, { frames: [{ blocks: [blockOf(boxAt(poolId, startOfSlot(firstSlot(of))))] as PointBlock[] }] });
    const aside = async (at: number): Promise<number> => {
      const [row] = await exchange.database.query<{ letter_id: string }>(
        `insert into monitoring.point_dead_letters (writer_id, position, received_at, frames, cause, attempts, failed_at)
         values (1, 1, $1, $2, 'unreadable', 3, $1) returning letter_id`,
        [at, frames],
      );
      return Number(row!.letter_id);
    };
    const [first, last] = [startOfSlot(firstSlot(of)), startOfSlot(firstSlot(of) + slotsOfDay) + 2_700_000];
    await Promise.all([first - 60_001, first - 60_000, last, last + 1].map(aside));
    const letterId = await aside(first + 60_000);
    expect(await signing().signDay(agent.signed(poolId, of, rollups))).toMatchObject({ state: SignedDayState.COUNTERSIGNED, rowsAside: 3 });
    await expect(exchange.call(TelemetryDefinition).replayPointDeadLetter({ letterId })).rejects.toMatchObject({
      rule: 'day_must_not_be_countersigned',
    });
    await exchange.database.query('delete from monitoring.point_dead_letters');
  });
});

describe('a proof of days', () => {
  let lines: string[];
  let keys: GivenKeys;
  let of: number;

  beforeAll(async () => {
    const one = await overDay();
    of = one.of;
    await signing().signDay(agent.signed(one.poolId, of, one.rollups));
    await signing().signDay(agent.signed(one.poolId, of - 1, new Map()));
    lines = [];
    for await (const line of signing(operator).exportTelemetryProof({ poolId: one.poolId, from: of - 1, to: of + 1 }))
      lines.push(toJson(ProofLine.$type, line));
    const exchangeKey = createPublicKey(await readFile(publicPath(join(folder, 'signing-key.pem')), 'utf8'));
    keys = { exchange: [exchangeKey], agent: [createPublicKey(agent.publicKey)] };
  });

  function verified(given: readonly string[], by = keys): { findings: ProofFinding[]; verifier: ProofVerifier } {
    const findings: ProofFinding[] = [];
    const verifier = new ProofVerifier(by, (finding) => findings.push(finding));
    for (const line of given) verifier.take(line);
    verifier.end();
    return { findings, verifier };
  }

  it('stands, whoever is believed to hold the agent’s key', () => {
    const { findings, verifier } = verified(lines);
    expect(findings).toEqual([]);
    // Two nodes at two places in one slot, and at one in the next; of each two minutes of fifteen, since the third is of a time that has not come.
    expect(verifier.proven).toEqual({ days: 2, nodeSlots: 6, unitSlots: 6, wattHours: 402, daysWithRowsAside: 0 });
    expect(verified(lines, { ...keys, agent: [] }).findings).toEqual([]);
  });

  it('tells each value that was changed, by slot and node', () => {
    const rollups = lines.flatMap((line, index) => (line.includes('"metrics"') ? [index] : []));
    expect(rollups.length).toBe(6);
    for (const index of rollups)
      for (const what of ['points', 'sum', 'least', 'most', 'minutes'])
        for (const metric of [0, 1, 2]) {
          const line = JSON.parse(lines[index]!) as { rollup: { slot: string; node: number; metrics: Record<string, number>[] } };
          line.rollup.metrics[metric]![what]! += 1;
          const { findings } = verified(lines.with(index, JSON.stringify(line)));
          expect(findings.map(({ where, rule }) => [where, rule])).toEqual([
            [`node ${line.rollup.node} at ${new Date(line.rollup.slot).toISOString()}`, 'values_must_have_their_digest'],
          ]);
        }
  });

  type Change = (line: Record<string, Record<string, unknown>>) => void;
  const flipped = (text: unknown): string => (String(text).startsWith('A') ? 'B' : 'A') + String(text).slice(1);
  it.each<[string, string[], Change | 'drop' | 'twice']>([
    ['rollup', ['slot_must_have_its_digest'], 'drop'],
    ['rollup', ['slot_must_have_its_digest'], 'twice'],
    [
      'rollup',
      ['values_must_have_their_digest', 'slot_must_have_its_digest'],
      (line) => (line.rollup!.digest = flipped(line.rollup!.digest)),
    ],
    [
      'day',
      ['slot_must_have_its_digest', 'statement_must_be_signed_by_the_agent', 'statement_must_be_signed_by_the_exchange'],
      (line) => (line.day!.slots = flipped(line.day!.slots)),
    ],
    [
      'day',
      ['statement_must_be_signed_by_the_agent', 'statement_must_be_signed_by_the_exchange'],
      (line) => (line.day!.signature = flipped(line.day!.signature)),
    ],
    ['day', ['statement_must_be_signed_by_the_exchange'], (line) => (line.day!.countersignature = flipped(line.day!.countersignature))],
    ['day', ['statement_must_be_signed_by_the_exchange'], (line) => (line.day!.signedAt = '2026-01-01T00:00:00Z')],
    ['day', ['day_must_be_countersigned'], (line) => (line.day!.state = 'DIFFERENT')],
  ])('with another %s breaks %j', (kind, rules, change) => {
    // Of a day, the one before, which has no roll-ups behind it.
    const index = lines.findIndex((line) => line.startsWith(`{"${kind}"`));
    const line = JSON.parse(lines[index]!) as Record<string, Record<string, unknown>>;
    if (typeof change === 'function') change(line);
    const changed =
      change === 'drop'
        ? lines.toSpliced(index, 1)
        : change === 'twice'
          ? lines.toSpliced(index, 0, lines[index]!)
          : lines.with(index, JSON.stringify(line));
    expect(verified(changed).findings.map(({ rule }) => rule)).toEqual(rules);
  });

  it('names days that are not in it, and believes no other key', () => {
    const ofLast = lines.findIndex((line) => line.startsWith('{"day"') && line.includes('"rollup"') === false);
    expect(verified(lines.toSpliced(ofLast, 1)).findings.map(({ rule }) => rule)).toEqual(['day_must_be_signed']);
    const foreign = createPublicKey(new Agent(platform).publicKey);
    expect(verified(lines, { ...keys, agent: [foreign] }).findings.map(({ rule }) => rule)).toEqual([
      'statement_must_be_signed_by_the_agent',
      'statement_must_be_signed_by_the_agent',
    ]);
    expect(verified(lines, { exchange: [foreign], agent: [] }).findings.map(({ rule }) => rule)).toEqual([
      'statement_must_be_signed_by_the_exchange',
      'statement_must_be_signed_by_the_exchange',
    ]);
  });
});
