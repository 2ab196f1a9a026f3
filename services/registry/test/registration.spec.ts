import { OrganisationSize, RegisteredKind, RegistrationState, Role, SiteClass } from '#contracts';
import { nodesOf, openRegistry, participantDetails, poolDetails, ruleOf, siteDetails, verify } from './registry.js';
import type { Registry } from './registry.js';

const { DRAFT, SUBMITTED, VERIFIED, SUSPENDED, RETIRED } = RegistrationState;

let market: Registry;
let provider: number;
let other: number;
beforeAll(async () => {
  market = await openRegistry();
  provider = await market.participant({ name: 'Liangjiang' });
  other = await market.participant({ name: 'Tianfu', region: 510100 });
});
afterAll(() => market.exchange.stop());

describe('the first participant', () => {
  it('is the operator, verified, with an identifier', async () => {
    const operator = await market.operator.getParticipant({ id: 1 });
    expect(operator).toMatchObject({ participantId: 1, state: VERIFIED, details: { roles: [Role.OPERATOR], ownerGroup: 1 } });
    expect(operator.identifier).toMatch(/^CX-500000-P-0000000001-.$/);
  });

  it('was announced once, at the first start', async () => {
    const { changes } = await market.operator.listHistory({ kind: RegisteredKind.PARTICIPANT, id: 1 });
    expect(changes).toMatchObject([{ action: 'registered', toState: VERIFIED, byParticipantId: 0, by: 'exchange' }]);
    expect(await market.told.participants(1)).toMatchObject([{ state: VERIFIED, roles: [Role.OPERATOR], orderRatePerSecond: 100 }]);
  });

  it('cannot verify what is its own', async () => {
    const { siteId } = await market.operator.registerSite({ providerId: provider, details: siteDetails() });
    await market.operator.moveSite({ id: siteId, state: SUBMITTED, reason: 'complete' });
    const asProviderToo = market.by(provider, 'provider', 'operator');
    expect(await ruleOf(asProviderToo.moveSite({ id: siteId, state: VERIFIED, reason: 'mine' }))).toBe('nobody_verifies_his_own');
  });

  it('cannot verify what is of its owner group', async () => {
    const sister = await market.participant({ name: 'Sister', ownerGroup: provider });
    const { siteId } = await market.operator.registerSite({ providerId: provider, details: siteDetails() });
    await market.operator.moveSite({ id: siteId, state: SUBMITTED, reason: 'complete' });
    const asSister = market.by(sister, 'operator');
    expect(await ruleOf(asSister.moveSite({ id: siteId, state: VERIFIED, reason: 'ours' }))).toBe('nobody_verifies_his_own');
    expect((await market.operator.moveSite({ id: siteId, state: VERIFIED, reason: 'seen' })).state).toBe(VERIFIED);
  });
});

describe('a participant', () => {
  it('is registered with defaults in place of zeros', async () => {
    const made = await market.operator.registerParticipant({ details: participantDetails({ name: 'New' }) });
    expect(made).toMatchObject({
      state: DRAFT,
      identifier: '',
      details: { ownerGroup: made.participantId, orderRatePerSecond: 100, orderValueCap: 9_000_000_000_000_000n },
    });
  });

  it('may be a person without code and industry', async () => {
    const details = participantDetails({ size: OrganisationSize.INDIVIDUAL, industry: '', roles: [Role.BUYER] });
    expect((await market.operator.registerParticipant({ details })).state).toBe(DRAFT);
  });

  it('has a credit code that no other has, until it retires', async () => {
    const details = participantDetails({ creditCode: '91350100M000100Y43' });
    const { participantId } = await market.operator.registerParticipant({ details });
    expect(await ruleOf(market.operator.registerParticipant({ details }))).toBe('credit_code_must_be_registered_once');
    await market.operator.moveParticipant({ id: participantId, state: RETIRED, reason: 'wound up' });
    expect(await ruleOf(market.operator.registerParticipant({ details }))).toBe('done');
  });

  it('retires only after its sites', async () => {
    const id = await market.participant({ name: 'Leaver' });
    const siteId = await market.site(id);
    const retire = () => ruleOf(market.operator.moveParticipant({ id, state: RETIRED, reason: 'leaves' }));
    expect(await retire()).toBe('participant_must_retire_its_sites_and_links_first');
    await market.operator.moveSite({ id: siteId, state: RETIRED, reason: 'closed' });
    expect(await retire()).toBe('done');
  });
});

describe('a site', () => {
  it('goes its way with every step in the history', async () => {
    const mine = market.by(provider, 'provider');
    const { siteId: id, siteClass, providerId } = await mine.registerSite({ details: siteDetails({ standardRacks: 99 }) });
    expect([siteClass, providerId]).toEqual([SiteClass.EDGE, provider]);
    expect((await mine.amendSite({ id, details: siteDetails({ standardRacks: 100 }), reason: 'counted again' })).siteClass).toBe(
      SiteClass.SMALL,
    );
    await mine.moveSite({ id, state: SUBMITTED, reason: 'complete' });
    expect(await ruleOf(mine.amendSite({ id, details: siteDetails(), reason: 'late' }))).toBe(
      'submitted_must_be_withdrawn_before_it_changes',
    );
    expect(await ruleOf(mine.moveSite({ id, state: VERIFIED, reason: 'please' }))).toBe('only_the_operator_may_make_this_move');
    await market.operator.moveSite({ id, state: DRAFT, reason: 'name the district' });
    await verify((request) => market.operator.moveSite(request), id);
    const { identifier } = await market.operator.moveSite({ id, state: SUSPENDED, reason: 'inspection' });
    const back = await market.operator.moveSite({ id, state: VERIFIED, reason: 'passed' });
    expect(back.identifier).toBe(identifier);
    await mine.moveSite({ id, state: RETIRED, reason: 'closed' });
    expect(await ruleOf(market.operator.moveSite({ id, state: VERIFIED, reason: 'again' }))).toBe('state_must_follow_the_lifecycle');

    const { changes } = await mine.listHistory({ kind: RegisteredKind.SITE, id });
    expect(
      changes.reverse().map((change) => [change.action, change.fromState, change.toState, change.byParticipantId, change.reason]),
    ).toEqual([
      ['registered', 0, DRAFT, provider, ''],
      ['edited', DRAFT, DRAFT, provider, 'counted again'],
      ['moved', DRAFT, SUBMITTED, provider, 'complete'],
      ['moved', SUBMITTED, DRAFT, 1, 'name the district'],
      ['moved', DRAFT, SUBMITTED, 1, 'complete'],
      ['moved', SUBMITTED, VERIFIED, 1, 'papers seen'],
      ['moved', VERIFIED, SUSPENDED, 1, 'inspection'],
      ['moved', SUSPENDED, VERIFIED, 1, 'passed'],
      ['moved', VERIFIED, RETIRED, provider, 'closed'],
    ]);
    expect(JSON.parse(changes[1]!.content)).toMatchObject({ standardRacks: 100 });
    expect((await market.told.sites(id)).map(({ state }) => state)).toEqual([VERIFIED, SUSPENDED, VERIFIED, RETIRED]);
  });

  it('is verified only where its owner is', async () => {
    const { participantId } = await market.operator.registerParticipant({ details: participantDetails() });
    const { siteId } = await market.operator.registerSite({ providerId: participantId, details: siteDetails() });
    expect(await ruleOf(market.operator.moveSite({ id: siteId, state: SUBMITTED, reason: 'early' }))).toBe('owner_must_be_verified');
  });

  it('belongs to a provider', async () => {
    const buyer = await market.participant({ roles: [Role.BUYER] });
    expect(await ruleOf(market.operator.registerSite({ providerId: buyer, details: siteDetails() }))).toBe('owner_must_hold_the_role');
  });

  it('is amended by its provider after the operator accepts, and goes on as it was until then', async () => {
    const mine = market.by(provider, 'provider');
    const id = await market.site(provider, { pueMilli: 1_300 });
    const waiting = await mine.amendSite({ id, details: siteDetails({ pueMilli: 1_200 }), reason: 'new cooling' });
    expect([waiting.state, waiting.details!.pueMilli, waiting.amendment!.pueMilli]).toEqual([VERIFIED, 1_300, 1_200]);
    expect(await ruleOf(mine.decideSiteAmendment({ id, accepted: true, reason: 'mine' }))).toBe('caller_must_hold_a_role_of_the_method');
    const refused = await market.operator.decideSiteAmendment({ id, accepted: false, reason: 'measure first' });
    expect([refused.details!.pueMilli, refused.amendment]).toEqual([1_300, undefined]);
    await mine.amendSite({ id, details: siteDetails({ pueMilli: 1_180 }), reason: 'measured' });
    const accepted = await market.operator.decideSiteAmendment({ id, accepted: true, reason: 'seen' });
    expect([accepted.details!.pueMilli, accepted.amendment]).toEqual([1_180, undefined]);
    expect(await ruleOf(market.operator.decideSiteAmendment({ id, accepted: true, reason: 'again' }))).toBe(
      'amendment_must_wait_for_a_decision',
    );
    await market.operator.amendSite({ id, details: siteDetails({ pueMilli: 1_190 }), reason: 'meter corrected' });
    expect((await market.told.sites(id)).map(({ pueMilli }) => pueMilli)).toEqual([1_300, 1_180, 1_190]);
    const { changes } = await mine.listHistory({ kind: RegisteredKind.SITE, id });
    expect(changes.map(({ action }) => action).slice(0, 5)).toEqual([
      'amended',
      'amendment_accepted',
      'amendment_proposed',
      'amendment_refused',
      'amendment_proposed',
    ]);
  });

  it('keeps its region once verified', async () => {
    const id = await market.site(provider);
    const details = siteDetails({ region: 510100, district: 510104 });
    expect(await ruleOf(market.operator.amendSite({ id, details, reason: 'moved' }))).toBe('verified_site_must_keep_its_region');
  });

  it('retires only after its pools', async () => {
    const siteId = await market.site(provider);
    const id = await market.pool({ siteId });
    expect(await ruleOf(market.operator.moveSite({ id: siteId, state: RETIRED, reason: 'x' }))).toBe('site_must_retire_its_pools_first');
    await market.operator.movePool({ id, state: RETIRED, reason: 'sold' });
    expect(await ruleOf(market.operator.moveSite({ id: siteId, state: RETIRED, reason: 'x' }))).toBe('done');
  });
});

describe('a pool', () => {
  it('is verified in a verified site, with nodes', async () => {
    const { siteId } = await market.operator.registerSite({ providerId: provider, details: siteDetails() });
    const { poolId: id } = await market.operator.registerPool({ details: poolDetails({ siteId }) });
    const submit = () => ruleOf(market.operator.movePool({ id, state: SUBMITTED, reason: 'complete' }));
    expect(await submit()).toBe('pool_must_have_nodes');
    await market.by(provider, 'provider').registerNodes(nodesOf(id, ['early']));
    expect(await submit()).toBe('pool_must_lie_in_a_verified_site');
    await verify((request) => market.operator.moveSite(request), siteId);
    expect(await submit()).toBe('done');
  });

  it.each([
    ['siteId', 'verified_pool_must_keep_its_site_id'],
    ['model', 'verified_pool_must_keep_its_model'],
    ['unitsPerNode', 'verified_pool_must_keep_its_units_per_node'],
  ] as const)('keeps its %s once verified', async (field, rule) => {
    const siteId = await market.site(provider);
    const id = await market.pool({ siteId });
    const changes = { siteId: await market.site(provider), model: 'H100', unitsPerNode: 4 };
    const details = poolDetails({ siteId, [field]: changes[field] });
    expect(await ruleOf(market.operator.amendPool({ id, details, reason: 'other' }))).toBe(rule);
  });

  it('is told whole', async () => {
    const siteId = await market.site(provider);
    const details = poolDetails({ siteId, domestic: true, reliabilityBp: 9_900, confirmsAtOnce: true });
    const id = await market.pool(details, 3);
    const { name, ...traded } = details;
    expect(name).toBe('');
    expect(await market.told.pools(id)).toEqual([
      { ...traded, poolId: id, providerId: provider, state: VERIFIED, nodeCount: 3, heartbeatDeadlineSeconds: 1_800 },
    ]);
  });
});

describe('a link', () => {
  const details = {
    fromRegion: 500000,
    toRegion: 650500,
    toSiteId: 0,
    oneWayUs: 17_000,
    roundTripUs: 35_000,
    gigabitsPerSecond: 100,
    pricePerGb: 20_000,
  };

  it('is verified and told whole', async () => {
    const { linkId: id, ownerId } = await market.by(provider, 'provider').registerLink({ details });
    await verify((request) => market.operator.moveLink(request), id);
    expect(await market.told.links(id)).toEqual([{ ...details, linkId: id, ownerId, state: VERIFIED }]);
  });

  it('ends at a site of another where that is verified, in its region', async () => {
    const mine = market.by(provider, 'provider');
    const toSiteId = await market.site(other, { region: 510100, district: 0 });
    expect(await ruleOf(mine.registerLink({ details: { ...details, toSiteId } }))).toBe('link_must_end_in_its_sites_region');
    expect(await ruleOf(mine.registerLink({ details: { ...details, toSiteId, toRegion: 510100 } }))).toBe('done');
    const { siteId: draft } = await market.by(other, 'provider').registerSite({ details: siteDetails() });
    expect(await ruleOf(mine.registerLink({ details: { ...details, toSiteId: draft, toRegion: 500000 } }))).toBe('entity_must_exist');
  });
});

describe('ids of others', () => {
  let siteId: number;
  let poolId: number;
  beforeAll(async () => {
    siteId = await market.site(provider);
    poolId = await market.pool({ siteId });
  });

  it('are absent to every other provider, as ids are that nobody has', async () => {
    const stranger = market.by(other, 'provider');
    const details = siteDetails();
    const reason = 'curious';
    const asked = (site: number, pool: number) => [
      stranger.getSite({ id: site }),
      stranger.amendSite({ id: site, details, reason }),
      stranger.moveSite({ id: site, state: RETIRED, reason }),
      stranger.getPool({ id: pool }),
      stranger.movePool({ id: pool, state: RETIRED, reason }),
      stranger.amendPool({ id: pool, details: poolDetails({ siteId: site }), reason }),
      stranger.registerPool({ details: poolDetails({ siteId: site }) }),
      market.by(other, 'provider').registerNodes(nodesOf(pool, ['x'])),
      stranger.listNodes({ poolId: pool }),
      stranger.listDrains({ poolId: pool }),
      stranger.planDrain({ poolId: pool, window: { from: 0, to: 9_999_999 }, reason }),
      stranger.cancelDrain({ poolId: pool, drainId: 1, reason }),
    ];
    const [theirs, nobodys] = await Promise.all(
      [asked(siteId, poolId), asked(999_999, 999_999)].map((calls) => Promise.all(calls.map(ruleOf))),
    );
    expect(theirs).toEqual(theirs!.map(() => 'entity_must_exist'));
    expect(nobodys).toEqual(theirs);
    expect(await ruleOf(stranger.getParticipant({ id: provider }))).toBe('entity_must_exist');
    expect(await ruleOf(stranger.registerSite({ providerId: provider, details }))).toBe('entity_must_exist');
  });

  it('do not stand in their lists and history', async () => {
    const stranger = market.by(other, 'provider');
    expect((await stranger.listSites({})).sites.every((each) => each.providerId === other)).toBe(true);
    expect((await stranger.listPools({ providerId: provider })).pools).toEqual([]);
    expect((await stranger.listParticipants({})).participants.map(({ participantId }) => participantId)).toEqual([other]);
    expect((await stranger.listHistory({ kind: RegisteredKind.SITE, id: siteId })).changes).toEqual([]);
  });

  it('are read and not changed by a regulator, though he also is a provider', async () => {
    const regulator = market.by(other, 'regulator', 'provider');
    expect((await regulator.getSite({ id: siteId })).siteId).toBe(siteId);
    expect(await ruleOf(regulator.moveSite({ id: siteId, state: RETIRED, reason: 'no' }))).toBe('entity_must_exist');
  });
});

describe('lists', () => {
  it('go page by page with filters', async () => {
    const owner = await market.participant({ name: 'Many' });
    const mine = market.by(owner, 'provider');
    const ids: number[] = [];
    for (const standardRacks of [50, 150, 250, 5_000, 350]) ids.push(await market.site(owner, { standardRacks }));
    const pages: number[][] = [];
    let cursor = '';
    do {
      const { sites, page } = await mine.listSites({ page: { cursor, limit: 2 } });
      pages.push(sites.map(({ siteId }) => siteId));
      cursor = page!.nextCursor;
    } while (cursor);
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const small = await market.operator.listSites({ providerId: owner, siteClass: SiteClass.SMALL, state: VERIFIED, region: 500000 });
    expect(small.sites.map(({ siteId }) => siteId)).toEqual([ids[1], ids[2], ids[4]]);
  });

  const markedCursor = async (): Promise<string> => {
    const owner = await market.participant({ name: 'Two sites' });
    for (const standardRacks of [50, 60]) await market.site(owner, { standardRacks });
    const { page } = await market.by(owner, 'provider').listSites({ page: { cursor: '', limit: 1 } });
    return page!.nextCursor;
  };

  it.each(['nonsense', Buffer.from('["x"]').toString('base64url'), Buffer.from('["1","2"]').toString('base64url')])(
    'refuse the cursor %s',
    async (cursor) => {
      expect(await ruleOf(market.operator.listSites({ page: { cursor, limit: 1 } }))).toBe('cursor_must_come_from_a_list');
      const forged = (await markedCursor()).slice(0, 16) + cursor;
      expect(await ruleOf(market.operator.listSites({ page: { cursor: forged, limit: 1 } }))).toBe('cursor_must_come_from_a_list');
    },
  );

  it('refuse the cursor of another list whose keys are alike', async () => {
    const cursor = await markedCursor();
    expect(await ruleOf(market.operator.listPools({ page: { cursor, limit: 1 } }))).toBe('cursor_must_come_from_a_list');
  });

  it('refuse their own cursor under other filters, and take it with another limit', async () => {
    const cursor = await markedCursor();
    const mine = market.operator;
    expect(await ruleOf(mine.listSites({ region: 500000, page: { cursor, limit: 1 } }))).toBe('cursor_must_keep_its_filters');
    const filtered = await mine.listSites({ region: 500000, page: { cursor: '', limit: 1 } });
    const next = { cursor: filtered.page!.nextCursor, limit: 1000 };
    expect(await ruleOf(mine.listSites({ page: next }))).toBe('cursor_must_keep_its_filters');
    const { sites } = await mine.listSites({ region: 500000, page: next });
    const all = await mine.listSites({ region: 500000, page: { cursor: '', limit: 1000 } });
    expect([...filtered.sites, ...sites]).toEqual(all.sites);
  });

  it('find pools by region, class and model', async () => {
    const siteId = await market.site(other, { region: 510100, district: 0 });
    const id = await market.pool({ siteId, model: 'Ascend-910B' });
    const found = await market.operator.listPools({ region: 510100, computeClass: 2, model: 'Ascend-910B', siteId, state: VERIFIED });
    expect(found.pools.map(({ poolId }) => poolId)).toEqual([id]);
  });
});

describe('bad input', () => {
  it.each<[string, Partial<Parameters<typeof siteDetails>[0]>, string]>([
    ['no name', { name: '' }, 'field_must_be_given'],
    ['a region of five digits', { region: 50000, district: 0 }, 'number_must_be_in_range'],
    ['a region of no province', { region: 600000, district: 0 }, 'region_must_be_an_administrative_code'],
    ['a district elsewhere', { district: 510104 }, 'district_must_lie_in_its_region'],
    ['no racks', { standardRacks: 0 }, 'field_must_be_given'],
    ['more than full', { occupancyBp: 10_001 }, 'number_must_be_in_range'],
    ['PUE below one', { pueMilli: 999 }, 'number_must_be_in_range'],
    ['grade six', { securityGrade: 6 }, 'number_must_be_in_range'],
    ['half a rack', { standardRacks: 10.5 }, 'number_must_be_whole'],
  ])('a site with %s', async (_name, details, rule) => {
    const mine = market.by(provider, 'provider');
    const count = async () => (await mine.listHistory({ page: { cursor: '', limit: 1000 } })).changes.length;
    const before = await count();
    expect(await ruleOf(mine.registerSite({ details: siteDetails(details) }))).toBe(rule);
    expect(await count()).toBe(before);
  });

  it.each([
    ['a site where details are missing', () => market.operator.registerSite({ providerId: provider }), 'field_must_be_given'],
    ['a move without reason', () => market.operator.moveSite({ id: 1, state: SUBMITTED }), 'field_must_be_given'],
    ['a move to nowhere', () => market.operator.moveSite({ id: 1, reason: 'x' }), 'field_must_be_given'],
    [
      'a service among participants',
      () => market.operator.registerParticipant({ details: participantDetails({ roles: [Role.SERVICE] }) }),
      'roles_must_be_of_participants',
    ],
    [
      'a group of nobody',
      () => market.operator.registerParticipant({ details: participantDetails({ ownerGroup: 99_999 }) }),
      'owner_group_must_exist',
    ],
    [
      'a participant by a provider',
      () => market.by(provider, 'provider').registerParticipant({ details: participantDetails() }),
      'caller_must_hold_a_role_of_the_method',
    ],
  ])('%s', async (_name, call, rule) => {
    expect(await ruleOf(call())).toBe(rule);
  });

  it('answers the same call with the same answer, and another call under its key not at all', async () => {
    const mine = market.by(provider, 'provider');
    const first = await mine.registerSite({ details: siteDetails({ name: 'Once' }) }, { idempotencyKey: 'key-1' });
    expect(await mine.registerSite({ details: siteDetails({ name: 'Once' }) }, { idempotencyKey: 'key-1' })).toEqual(first);
    expect(await ruleOf(mine.registerSite({ details: siteDetails({ name: 'Twice' }) }, { idempotencyKey: 'key-1' }))).toBe(
      'idempotency_key_must_not_be_reused',
    );
  });
});

describe('the history', () => {
  it.each([
    `update history set reason = ''`,
    'delete from history',
    'truncate history',
    'delete from list_publications',
    `update resource_lines set model = ''`,
    'delete from need_lines',
  ])('cannot be rewritten by the registry itself: %s', async (sql) => {
    await expect(market.asRegistry(sql)).rejects.toThrow('permission denied');
  });
});

it('announces the operator once: not again at a later start', async () => {
  await market.exchange.restart();
  const { changes } = await market.by(1, 'operator').listHistory({ kind: RegisteredKind.PARTICIPANT, id: 1 });
  expect(changes.map(({ action }) => action)).toEqual(['registered']);
  expect(await market.told.participants(1)).toEqual([]);
});
