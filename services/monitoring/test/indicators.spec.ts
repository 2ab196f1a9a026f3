// Indicators through the public API: figures, what they are made of, and what is declared.
import { LeaseChanged, LeaseState } from '#contracts';
import { slotAt } from '#domain';
import { indicatorDefinitions } from '../src/core/indicator-definitions.js';
import { type Hub, openHub } from './hub.js';

interface Figure {
  readonly known: boolean;
  readonly amount: number;
  readonly text: string;
  readonly numerator: string;
  readonly denominator: string;
  readonly records: number;
}
interface Indicator {
  readonly definition: { readonly indicatorId: string; readonly source: string; readonly form: string };
  readonly figure: Figure;
  readonly declared?: Figure;
}
interface Records {
  readonly records: {
    readonly kind: string;
    readonly id: number;
    readonly numerator: string;
    readonly denominator: string;
    readonly note: string;
    readonly noteZh: string;
  }[];
  readonly figure: Figure;
  readonly page: { readonly nextCursor?: string };
}

let hub: Hub;
let poolIds: number[];

const evidence = { evidenceHash: 'ab'.repeat(32), note: 'Letter of the bureau, archive 7', day: '2026-01-01' };
const declare = (indicatorId: string, part: object) =>
  hub.exchange.http('/v1/indicator-declarations', { key: hub.keys.operator, body: { indicatorId, ...evidence, ...part } });
const indicator = (id: string) => hub.read<Indicator>(`/v1/indicators/${id}`);
const textOf = async (id: string) => (await indicator(id)).figure.text;

/** Page by page, so that no record can hide between two. */
async function recordsOf(id: string, query = ''): Promise<Records['records']> {
  const found: Records['records'] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const answer: Records = await hub.read<Records>(`/v1/indicators/${id}/records?limit=1&cursor=${cursor}${query}`);
    found.push(...answer.records);
    cursor = answer.page.nextCursor || undefined;
  }
  return found;
}
const sum = (of: readonly string[]): string => String(of.reduce((total, one) => total + BigInt(one), 0n));

beforeAll(async () => {
  hub = await openHub();
  const edge = await hub.site({ name: 'Edge', standardRacks: 50, pueMilli: 1_400, energyMwhPerYear: 1_000, greenShareBp: 0 });
  const large = await hub.site();
  await hub.site({ name: 'No meter', energyMwhPerYear: 0 });
  poolIds = [
    await hub.pool(large),
    await hub.pool(large, { domestic: true }, 2),
    await hub.pool(edge, { computeClass: 'GENERAL', model: 'Kunpeng' }, 1),
  ];
  for (const [toSiteId, oneWayUs] of [
    [large, 900],
    [edge, 1_500],
  ]) {
    const details = { fromRegion: 500103, toRegion: 500000, toSiteId, oneWayUs, roundTripUs: 3_000, gigabitsPerSecond: 400 };
    const { linkId } = await hub.send<{ linkId: number }>('/v1/links', { details }, hub.keys.provider);
    await hub.verify(`/v1/links/${linkId}`);
  }
  const now = slotAt(hub.exchange.now());
  const lease = { leaseId: 1, buyerId: hub.ids.buyer, providerId: hub.ids.provider, poolId: poolIds[0]!, nodes: [{ node: 0, units: 8 }] };
  await hub.told.tell(LeaseChanged, LeaseChanged.create({ ...lease, state: LeaseState.ACTIVE, delivered: { from: now, to: now + 4 } }));
  await hub.exchange.advance();
});
afterAll(() => hub?.exchange.stop());

describe('figures', () => {
  it.each([
    ['intelligent-compute-fp16', '14.976000'],
    ['intelligent-compute-fp32', '0.936000'],
    ['compute-fp16', '17.472000'],
    ['intelligent-share-fp16', '85.71'],
    ['green-compute-share-fp16', '51.42'],
    ['pue', '1.252'],
    ['occupancy', '70.00'],
    ['storage', '0.012000'],
    ['flash-share', '25.00'],
    ['schedulable-servers', '7'],
    ['domestic-share', '28.57'],
    ['low-delay-links', '50.00'],
    ['interconnected-platforms', '1'],
    ['compute-network-operators', '1'],
    ['compute-users', '1'],
    ['filed-models', ''],
  ])('%s is %s', async (id, text) => expect(await textOf(id)).toBe(text));

  it('are the sums of their records, each of them', async () => {
    const { indicators } = await hub.read<{ indicators: Indicator[] }>('/v1/indicators');
    expect(indicators.map(({ definition }) => definition.indicatorId)).toEqual(indicatorDefinitions.map(({ id }) => id));
    let records = 0;
    for (const { definition, figure } of indicators) {
      const parts = await recordsOf(definition.indicatorId);
      records += parts.length;
      expect([
        definition.indicatorId,
        sum(parts.map((part) => part.numerator)),
        sum(parts.map((part) => part.denominator)),
        parts.length,
      ]).toEqual([definition.indicatorId, figure.numerator, figure.denominator, figure.records]);
      if (definition.form === 'SUM' && figure.known) expect(String(figure.amount)).toBe(figure.numerator);
    }
    expect(records).toBeGreaterThan(30);
  });

  it('name what does not count, and why', async () => {
    const found = await recordsOf('pue');
    expect(found.map(({ kind, note, noteZh }) => [kind, note, noteZh])).toEqual([
      ['SITE', '', ''],
      ['SITE', '', ''],
      ['SITE', 'energy_is_not_registered', '未登记年用电量，不计入'],
    ]);
  });

  it('leave out what is LOST, until it is back', async () => {
    const health = (to: string) => hub.send(`/v1/pools/${poolIds[0]}/health`, { health: to, reason: 'seen there' });
    await health('LOST');
    expect(await textOf('intelligent-compute-fp16')).toBe('4.992000');
    expect((await recordsOf('schedulable-servers')).map(({ id, note }) => [id, note])).toContainEqual([poolIds[0], 'pool_is_lost']);
    await health('OK');
    await hub.send(`/v1/pools/${poolIds[0]}/heartbeat`, {}, hub.keys.provider);
    expect(await textOf('intelligent-compute-fp16')).toBe('14.976000');
  });

  it('are listed by plan and by source, page by page', async () => {
    const { indicators } = await hub.read<{ indicators: Indicator[] }>('/v1/indicators?plan=CHONGQING_2025_2027&source=DECLARED');
    expect(indicators.map(({ definition }) => definition.indicatorId)).toEqual([
      'filed-models',
      'high-quality-data-sets',
      'trusted-data-spaces',
      'ai-scenarios',
    ]);
    const first = await hub.read<{ indicators: Indicator[]; page: { nextCursor: string } }>('/v1/indicators?limit=1');
    const second = await hub.read<{ indicators: Indicator[] }>(`/v1/indicators?limit=1&cursor=${first.page.nextCursor}`);
    expect(second.indicators[0]!.definition.indicatorId).toBe('intelligent-compute-fp32');
  });

  it('are for the operator, authorities and regulators', async () => {
    const statuses = await Promise.all(
      Object.values(hub.keys).map(async (key) => (await hub.exchange.http('/v1/indicators', { key })).status),
    );
    expect(Object.fromEntries(Object.keys(hub.keys).map((role, at) => [role, statuses[at]]))).toEqual({
      ...{ operator: 200, regulator: 200, authority: 200, provider: 403, buyer: 403 },
    });
  });

  it('of no such indicator are absent', async () => {
    const answer = await hub.exchange.http('/v1/indicators/none/records', { key: hub.keys.regulator });
    expect(answer).toMatchObject({ status: 404, body: { rule: 'entity_must_exist' } });
  });
});

it('a link counts as probes measure it while they are young, then as it is registered', async () => {
  const [slow] = (await recordsOf('low-delay-links')).filter(({ note }) => note.startsWith('1500 µs')).map(({ id }) => id);
  const at = (secondsAgo: number) => new Date(hub.exchange.now() - secondsAgo * 1_000).toISOString();
  const probes = [30, 20, 10].map((ago) => ({ linkId: slow, at: at(ago), roundTripUs: 1_800, oneWayUs: 950 }));
  await hub.send('/v1/link-probes', { probes });
  expect(await textOf('low-delay-links')).toBe('100.00');
  expect((await recordsOf('low-delay-links')).map(({ note }) => note)).toEqual(['900 µs of 1000, registered', '950 µs of 1000, measured']);
  await hub.exchange.advance(16 * 60_000);
  expect(await textOf('low-delay-links')).toBe('50.00');
});

describe('declarations', () => {
  it('make the figure of what cannot be measured, subject by subject; the newest stands and the older is kept', async () => {
    await declare('srv6-nodes', { subject: 'carrier A', numerator: 50, denominator: 100 });
    const first = await declare('srv6-nodes', { subject: 'carrier B', numerator: 1, denominator: 100 });
    const second = await declare('srv6-nodes', { subject: 'carrier B', numerator: 20, denominator: 100 });
    expect((await indicator('srv6-nodes')).figure).toMatchObject({ known: true, text: '35.00', amount: 3_500, records: 2 });
    const { declarations } = await hub.read<{ declarations: object[] }>('/v1/indicator-declarations?indicatorId=srv6-nodes');
    expect(declarations).toMatchObject([
      { subject: 'carrier B', numerator: 20, byParticipantId: 1, evidenceHash: evidence.evidenceHash, note: evidence.note },
      { ...first.body, supersededBy: second.body.declarationId },
      { subject: 'carrier A', numerator: 50 },
    ]);
    const standing = await hub.read<{ declarations: object[] }>('/v1/indicator-declarations?indicatorId=srv6-nodes&standing=true');
    expect(standing.declarations).toHaveLength(2);
  });

  it('of a measured indicator stand beside the measure', async () => {
    await declare('compute-users', { numerator: 2_100 });
    expect(await indicator('compute-users')).toMatchObject({ figure: { text: '1' }, declared: { text: '2100', records: 1 } });
    expect(await recordsOf('compute-users', '&declared=true')).toMatchObject([{ kind: 'DECLARATION', numerator: '2100' }]);
  });

  it('said again under the same key are one', async () => {
    const body = { indicatorId: 'filed-models', numerator: 8, ...evidence };
    const once = () => hub.exchange.http('/v1/indicator-declarations', { key: hub.keys.operator, body, idempotencyKey: 'models-8' });
    expect((await once()).body).toEqual((await once()).body);
    const { declarations } = await hub.read<{ declarations: object[] }>('/v1/indicator-declarations?indicatorId=filed-models');
    expect(declarations).toHaveLength(1);
  });

  it.each([
    ['no such indicator', 'none', {}, 404, 'entity_must_exist', ''],
    ['a share without its whole', 'srv6-nodes', { numerator: 1 }, 400, 'ratio_must_declare_its_whole', 'denominator'],
    ['evidence that is no hash', 'filed-models', { evidenceHash: 'letter' }, 400, 'text_must_match_its_pattern', 'evidenceHash'],
    ['tomorrow', 'filed-models', { day: '2026-01-02' }, 400, 'day_must_not_be_in_the_future', 'day'],
  ])('refuse %s', async (_name, id, part, status, rule, field) => {
    const { body, ...answer } = await declare(id, part);
    expect({ ...answer, rule: body.rule, field: body.field ?? '' }).toMatchObject({ status, rule, field });
  });

  it('are the operator’s alone to make', async () => {
    const body = { indicatorId: 'filed-models', numerator: 8, ...evidence };
    expect((await hub.exchange.http('/v1/indicator-declarations', { key: hub.keys.authority, body })).status).toBe(403);
  });

  it('cannot be changed by the service', async () => {
    const role = `${new URL(hub.exchange.database.url).pathname.slice(1)}_monitoring`;
    const change = (sql: string) => hub.exchange.database.query(`set role ${role}; set search_path to monitoring; ${sql}`);
    await expect(change('update indicator_declarations set numerator = 9')).rejects.toThrow('permission denied');
    await expect(change('delete from indicator_declarations')).rejects.toThrow('permission denied');
  });
});

it('what the registry said before there were tables for it is asked for once', async () => {
  const before = await hub.read<{ indicators: Indicator[] }>('/v1/indicators');
  await hub.exchange.database.query(
    `truncate monitoring.indicator_sites, monitoring.indicator_pools, monitoring.indicator_links, monitoring.indicator_participants;
     update monitoring.indicator_opening set carried = false`,
  );
  const after = await hub.read<{ indicators: Indicator[] }>('/v1/indicators');
  expect(after.indicators.map(({ figure }) => figure)).toEqual(before.indicators.map(({ figure }) => figure));
});
