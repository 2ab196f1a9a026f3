import { RegistrationState, Role } from '#contracts';
import { nodesOf, openRegistry, poolDetails, ruleOf, verify } from './registry.js';
import type { Registry } from './registry.js';

let market: Registry;
let provider: number;
let siteId: number;
beforeAll(async () => {
  market = await openRegistry();
  provider = await market.participant({ name: 'Liangjiang' });
  siteId = await market.site(provider);
});
afterAll(() => market.exchange.stop());

const draftPool = async () => (await market.by(provider, 'provider').registerPool({ details: poolDetails({ siteId }) })).poolId;
const serials = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${String(at).padStart(5, '0')}`);
const add = (poolId: number, names: Iterable<string>, call: { idempotencyKey?: string } = {}) =>
  market.by(provider, 'provider').registerNodes(nodesOf(poolId, names), call);

describe('nodes in bulk', () => {
  it('ten thousand in one call, numbered from 0 in their order, verified and told with the pool', async () => {
    const poolId = await draftPool();
    expect(await add(poolId, serials('bulk', 10_000))).toEqual({
      poolId,
      registered: 10_000,
      firstNumber: 0,
      nodeCount: 0,
      pendingNodes: 10_000,
    });
    await verify((request) => market.operator.movePool(request), poolId);
    expect(await market.operator.getPool({ id: poolId })).toMatchObject({ nodeCount: 10_000, pendingNodes: 0 });
    expect(await market.told.pools(poolId)).toMatchObject([{ nodeCount: 10_000 }]);

    const seen: string[] = [];
    let cursor = '';
    do {
      const { nodes, page } = await market.operator.listNodes({ poolId, page: { cursor, limit: 1000 } });
      for (const { number, serial, verified } of nodes) {
        expect([number, verified]).toEqual([seen.length, true]);
        seen.push(serial);
      }
      cursor = page!.nextCursor;
    } while (cursor);
    expect(seen).toEqual(serials('bulk', 10_000));
  });

  it('all or none: serials that were there, or come twice, are named and nothing is stored', async () => {
    const poolId = await draftPool();
    await add(poolId, ['here-1', 'here-2']);
    const refusal = add(poolId, [...serials('fresh', 500), 'here-2', 'fresh-00007']);
    await expect(refusal).rejects.toMatchObject({
      rule: 'node_serial_must_be_registered_once',
      detail: 'registered before: here-2, fresh-00007',
    });
    expect(await market.operator.getPool({ id: poolId })).toMatchObject({ pendingNodes: 2 });
    expect((await market.operator.listNodes({ poolId })).nodes.map(({ serial }) => serial)).toEqual(['here-1', 'here-2']);
  });

  it('one machine is in one pool of a provider, and may be in another provider’s', async () => {
    await add(await draftPool(), ['machine']);
    expect(await ruleOf(add(await draftPool(), ['machine']))).toBe('node_serial_must_be_registered_once');
    const other = await market.participant({ name: 'Tianfu', roles: [Role.PROVIDER] });
    const theirs = await market.pool({ siteId: await market.site(other) });
    expect(await ruleOf(market.operator.registerNodes(nodesOf(theirs, ['machine'])))).toBe('done');
  });

  it('a retired pool’s machines may come back in another', async () => {
    const poolId = await draftPool();
    await add(poolId, ['reborn']);
    await market.operator.movePool({ id: poolId, state: RegistrationState.RETIRED, reason: 'rebuilt' });
    expect(await ruleOf(add(await draftPool(), ['reborn']))).toBe('done');
  });

  it('what a provider adds to a verified pool waits; the operator’s decision makes it count or takes it back', async () => {
    const poolId = await market.pool({ siteId }, 2);
    expect(await add(poolId, ['late-0', 'late-1'])).toMatchObject({ firstNumber: 2, nodeCount: 2, pendingNodes: 2 });
    expect((await market.operator.listNodes({ poolId, verified: false })).nodes.map(({ number }) => number)).toEqual([2, 3]);
    await market.operator.decidePoolAmendment({ id: poolId, accepted: false, reason: 'not there' });
    expect(await market.operator.getPool({ id: poolId })).toMatchObject({ nodeCount: 2, pendingNodes: 0 });
    expect(await add(poolId, ['late-1'])).toMatchObject({ firstNumber: 2 });
    await market.operator.decidePoolAmendment({ id: poolId, accepted: true, reason: 'seen' });
    expect((await market.told.pools(poolId)).map(({ nodeCount }) => nodeCount)).toEqual([2, 3]);
  });

  it('what the operator adds to a verified pool counts at once', async () => {
    const poolId = await market.pool({ siteId }, 2);
    const added = await market.operator.registerNodes(nodesOf(poolId, ['op-0']));
    expect(added).toMatchObject({ nodeCount: 3, pendingNodes: 0 });
    expect((await market.told.pools(poolId)).map(({ nodeCount }) => nodeCount)).toEqual([2, 3]);
  });

  it('the same call again is answered again and adds nothing', async () => {
    const poolId = await draftPool();
    const first = await add(poolId, ['again-0', 'again-1'], { idempotencyKey: 'bulk-key' });
    expect(await add(poolId, ['again-0', 'again-1'], { idempotencyKey: 'bulk-key' })).toEqual(first);
    expect(await ruleOf(add(poolId, ['again-0', 'again-2'], { idempotencyKey: 'bulk-key' }))).toBe('idempotency_key_must_not_be_reused');
    expect(await market.operator.getPool({ id: poolId })).toMatchObject({ pendingNodes: 2 });
  });

  it('lists by serial', async () => {
    const poolId = await draftPool();
    await add(poolId, ['rack1-a', 'rack1-b', 'rack2-a', 'r%']);
    const found = async (serial: string) => (await market.operator.listNodes({ poolId, serial })).nodes.map((node) => node.serial);
    expect(await found('rack1')).toEqual(['rack1-a', 'rack1-b']);
    expect(await found('r%')).toEqual(['r%']);
  });
});

describe('bad streams of nodes', () => {
  it.each<[string, () => AsyncIterable<{ poolId: number; serial: string }>, string]>([
    ['an empty one', () => nodesOf(1, []), 'call_must_register_a_node'],
    ['a node without serial', () => nodesOf(1, ['a', '']), 'field_must_be_given'],
    ['a serial too long', () => nodesOf(1, ['x'.repeat(121)]), 'text_must_fit_its_length'],
    ['a pool that is nowhere', () => nodesOf(999_999, ['a']), 'entity_must_exist'],
    [
      'two pools',
      async function* () {
        yield { poolId: 1, serial: 'a' };
        yield { poolId: 2, serial: 'b' };
      },
      'nodes_of_one_call_must_be_of_one_pool',
    ],
    ['more than a call may hold', () => nodesOf(1, serials('many', 100_001)), 'call_must_not_pass_its_most_nodes'],
  ])('%s is refused', async (_name, stream, rule) => {
    expect(await ruleOf(market.by(provider, 'provider').registerNodes(stream()))).toBe(rule);
  });

  it('a pool that waits for the operator, or is retired, takes none', async () => {
    const poolId = await draftPool();
    await add(poolId, ['first']);
    await market.operator.movePool({ id: poolId, state: RegistrationState.SUBMITTED, reason: 'complete' });
    expect(await ruleOf(add(poolId, ['second']))).toBe('submitted_must_be_withdrawn_before_it_changes');
    await market.operator.movePool({ id: poolId, state: RegistrationState.RETIRED, reason: 'dropped' });
    expect(await ruleOf(add(poolId, ['second']))).toBe('retired_must_not_change');
  });
});

describe('identifiers', () => {
  const resolve = (identifier: string, participantId = provider) => market.by(participantId, 'provider').resolveIdentifier({ identifier });

  it('stand for what was verified, a node too', async () => {
    const poolId = await market.pool({ siteId, name: 'Rack 7' }, 2);
    const [site, pool, nodes] = await Promise.all([
      market.operator.getSite({ id: siteId }),
      market.operator.getPool({ id: poolId }),
      market.operator.listNodes({ poolId }),
    ]);
    const common = { state: RegistrationState.VERIFIED, region: 500000 };
    expect(await resolve(site.identifier)).toMatchObject({ ...common, kind: 2, id: siteId, name: 'Shuitu 水土' });
    expect(await resolve(pool.identifier)).toMatchObject({ ...common, kind: 3, id: poolId, name: 'Rack 7' });
    const { identifier, serial } = nodes.nodes[1]!;
    expect(await resolve(identifier)).toMatchObject({ ...common, kind: 4, id: poolId, nodeNumber: 1, name: serial });
  });

  it('of sites are public, of participants they are not', async () => {
    const other = await market.participant({ name: 'Other' });
    const [site, mine] = await Promise.all([market.operator.getSite({ id: siteId }), market.operator.getParticipant({ id: provider })]);
    expect((await resolve(site.identifier, other)).id).toBe(siteId);
    expect((await resolve(mine.identifier)).id).toBe(provider);
    expect(await ruleOf(resolve(mine.identifier, other))).toBe('entity_must_exist');
  });

  it('that were never issued are absent', async () => {
    const { identifier } = await market.operator.getSite({ id: siteId });
    for (const wrong of [
      'nonsense',
      `${identifier.slice(0, -1)}${identifier.endsWith('0') ? '1' : '0'}`,
      identifier.replace('500000', '510000'),
    ])
      expect(await ruleOf(resolve(wrong))).toBe('entity_must_exist');
  });
});
