import { DrainState, RegisteredKind, RegistrationState } from '#contracts';
import { slotAt, startOfSlot } from '#domain';
import { openRegistry, poolDetails, ruleOf } from './registry.js';
import type { Registry } from './registry.js';

const { PLANNED, ACTIVE, ENDED, CANCELLED } = DrainState;
const reason = 'firmware';

let market: Registry;
let provider: number;
let siteId: number;
let now: number;
beforeAll(async () => {
  market = await openRegistry();
  provider = await market.participant({ name: 'Liangjiang' });
  siteId = await market.site(provider);
});
afterAll(() => market.exchange.stop());
beforeEach(() => {
  now = slotAt(market.exchange.now());
});

const mine = () => market.by(provider, 'provider');
const stateOf = async (poolId: number) => (await mine().listDrains({ poolId })).drains.map(({ state }) => state);
const toldOf = async (poolId: number) => {
  return (await market.told.drains(poolId)).map(({ nodes, draining }) => [nodes, draining]);
};

describe('planned maintenance (R-24)', () => {
  it('begins and ends on its slots', async () => {
    const poolId = await market.pool({ siteId });
    const { drainId, state } = await mine().planDrain({ poolId, nodes: [2, 1, 2], window: { from: now + 2, to: now + 5 }, reason });
    expect(state).toBe(PLANNED);
    await market.exchange.advanceTo(startOfSlot(now + 2) - 1);
    expect([await stateOf(poolId), await toldOf(poolId)]).toEqual([[PLANNED], []]);
    await market.exchange.advanceTo(startOfSlot(now + 2));
    expect([await stateOf(poolId), await toldOf(poolId)]).toEqual([[ACTIVE], [[[1, 2], true]]]);
    expect((await mine().listNodes({ poolId, draining: true })).nodes.map(({ number }) => number)).toEqual([1, 2]);
    await market.exchange.advanceTo(startOfSlot(now + 5));
    expect(await stateOf(poolId)).toEqual([ENDED]);
    expect(await market.told.drains(poolId)).toEqual([
      { poolId, nodes: [1, 2], draining: true, drainId },
      { poolId, nodes: [1, 2], draining: false, drainId },
    ]);
    expect((await mine().listNodes({ poolId, draining: true })).nodes).toEqual([]);
  });

  it('begins at once where its window has begun, of the whole pool where no nodes are named', async () => {
    const poolId = await market.pool({ siteId });
    const { state } = await mine().planDrain({ poolId, window: { from: now - 3, to: now + 1 }, reason });
    expect([state, await toldOf(poolId)]).toEqual([ACTIVE, [[[], true]]]);
    expect((await mine().listNodes({ poolId, draining: true })).nodes.length).toBe(4);
  });

  it('is cancelled before, and ended during', async () => {
    const poolId = await market.pool({ siteId });
    const planned = await mine().planDrain({ poolId, nodes: [0], window: { from: now + 2, to: now + 5 }, reason });
    const active = await mine().planDrain({ poolId, nodes: [1], window: { from: now, to: now + 5 }, reason });
    expect((await mine().cancelDrain({ poolId, drainId: planned.drainId, reason: 'not needed' })).state).toBe(CANCELLED);
    expect((await mine().cancelDrain({ poolId, drainId: active.drainId, reason: 'done early' })).state).toBe(ENDED);
    expect(await ruleOf(mine().cancelDrain({ poolId, drainId: active.drainId, reason: 'again' }))).toBe('drain_must_not_be_over');
    await market.exchange.advanceTo(startOfSlot(now + 3));
    expect(await toldOf(poolId)).toEqual([
      [[1], true],
      [[1], false],
    ]);
    const { changes } = await mine().listHistory({ kind: RegisteredKind.POOL, id: poolId });
    expect(changes.slice(0, 4).map((change) => [change.action, change.reason])).toEqual([
      ['drain_cancelled', 'done early'],
      ['drain_cancelled', 'not needed'],
      ['drain_planned', reason],
      ['drain_planned', reason],
    ]);
  });

  it('after maintenance comes maintenance: the end is told before the beginning', async () => {
    const poolId = await market.pool({ siteId });
    await mine().planDrain({ poolId, nodes: [0], window: { from: now + 2, to: now + 3 }, reason });
    await mine().planDrain({ poolId, nodes: [0, 1], window: { from: now + 1, to: now + 2 }, reason });
    await market.exchange.advanceTo(startOfSlot(now + 1));
    await market.exchange.advanceTo(startOfSlot(now + 2));
    expect(await toldOf(poolId)).toEqual([
      [[0, 1], true],
      [[0, 1], false],
      [[0], true],
    ]);
  });

  it('that passed unseen is over without a word', async () => {
    const poolId = await market.pool({ siteId });
    await mine().planDrain({ poolId, window: { from: now + 1, to: now + 2 }, reason });
    await market.exchange.advanceTo(startOfSlot(now + 9));
    expect([await stateOf(poolId), await toldOf(poolId)]).toEqual([[ENDED], []]);
  });

  it('goes with its pool', async () => {
    const poolId = await market.pool({ siteId });
    await mine().planDrain({ poolId, window: { from: now + 1, to: now + 2 }, reason });
    await market.operator.movePool({ id: poolId, state: RegistrationState.RETIRED, reason: 'sold' });
    expect(await stateOf(poolId)).toEqual([CANCELLED]);
  });
});

describe('plans that break a rule', () => {
  let poolId: number;
  beforeAll(async () => {
    poolId = await market.pool({ siteId });
    const from = slotAt(market.exchange.now());
    await mine().planDrain({ poolId, nodes: [0], window: { from: from + 10, to: from + 20 }, reason });
  });

  it.each<[string, number[], [number, number], string]>([
    ['ends before it begins', [1], [5, 5], 'drain_must_end_after_it_begins'],
    ['is over', [1], [-4, 0], 'drain_must_end_in_the_future'],
    ['names a node that is not there', [4], [5, 6], 'drained_nodes_must_exist'],
    ['names a node below 0', [-1], [5, 6], 'number_must_be_in_range'],
    ['overlaps on a node', [0, 1], [19, 25], 'drain_must_not_overlap_another'],
    ['overlaps as a whole pool', [], [5, 11], 'drain_must_not_overlap_another'],
    ['ends where the other begins', [0], [5, 10], 'done'],
    ['is of another node', [3], [10, 20], 'done'],
  ])('%s', async (_name, nodes, [from, to], rule) => {
    expect(await ruleOf(mine().planDrain({ poolId, nodes, window: { from: now + from, to: now + to }, reason }))).toBe(rule);
  });

  it('is of a pool that is not verified', async () => {
    const draft = await mine().registerPool({ details: poolDetails({ siteId }) });
    const window = { from: now, to: now + 1 };
    expect(await ruleOf(mine().planDrain({ poolId: draft.poolId, window, reason }))).toBe('drained_pool_must_be_verified');
  });
});
