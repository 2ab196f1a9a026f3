import { parse } from 'csv-parse/sync';
import { ComputeClass, ListResourcesRequest, NeedDetails, Precision, Role, Unit } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { openRegistry, ruleOf, verify } from './registry.js';
import type { Registry } from './registry.js';

let market: Registry;
let provider: number;
let buyer: number;
let today: number;
let reader: ReturnType<Registry['catalogueBy']>;
let operator: ReturnType<Registry['catalogueBy']>;

beforeAll(async () => {
  market = await openRegistry();
  today = shanghaiDay(slotAt(market.exchange.now()));
  provider = await market.participant({ name: '两江智算' });
  buyer = await market.participant({ name: 'Secret buyer', roles: [Role.BUYER] });
  const shuitu = await market.site(provider, { name: '=Shuitu, "水土"', district: 500109 });
  await market.pool({ siteId: shuitu, model: 'A100', domestic: false }, 3);
  await market.pool({ siteId: shuitu, model: 'Ascend-910B', domestic: true }, 2);
  await market.site(provider, { name: 'Edge', district: 500103, standardRacks: 80 });
  await market.by(provider, 'provider').registerSite({ details: (await market.operator.getSite({ id: shuitu })).details });
  await need({ purpose: 'train a model', petaflopsMilli: 500, precision: Precision.FP16 });
  await need({ purpose: 'render', units: 64, unit: Unit.CARD, model: 'A100', district: 500109 });
  await need({ purpose: 'short', units: 1, unit: Unit.CARD, toDay: today + 1 });
  reader = market.catalogueBy(buyer, 'buyer');
  operator = market.catalogueBy(1, 'operator');
});
afterAll(() => market.exchange.stop());

async function need(details: Partial<NeedDetails>): Promise<number> {
  const common = { region: 500000, district: 500103, computeClass: ComputeClass.INTELLIGENT, fromDay: today, toDay: today + 60 };
  const { needId } = await market.by(buyer, 'buyer').registerNeed({ details: NeedDetails.create({ ...common, ...details }) });
  await verify((request) => market.operator.moveNeed(request), needId);
  return needId;
}

async function fileOf(chunks: AsyncIterable<{ data: Uint8Array }>): Promise<Buffer> {
  const data: Uint8Array[] = [];
  for await (const chunk of chunks) data.push(chunk.data);
  return Buffer.concat(data);
}
const rowsOf = (file: Buffer): string[][] => parse(file);
const resourceFile = (request: Partial<ListResourcesRequest> = {}) => fileOf(reader.exportResources(request));

describe('the resource list as it stands', () => {
  it('has a line a verified pool, and one for a site without', async () => {
    const { resources, publishedAt } = await reader.listResources({});
    expect(publishedAt).toBe(0);
    expect(resources.map((line) => [line.model, line.nodes, line.units, line.tflopsFp16Milli, line.domestic, line.standardRacks])).toEqual([
      ['A100', 3, 24, 24 * 312_000, false, 3_000],
      ['Ascend-910B', 2, 16, 16 * 312_000, true, 3_000],
      ['', 0, 0, 0, false, 80],
    ]);
  });

  it.each<[Partial<ListResourcesRequest>, number]>([
    [{ district: 500103 }, 1],
    [{ district: 500109 }, 2],
    [{ region: 510100 }, 0],
    [{ model: 'A100' }, 1],
    [{ computeClass: ComputeClass.INTELLIGENT }, 2],
  ])('by %j has %i lines', async (filter, count) => {
    expect((await reader.listResources(filter)).resources.length).toBe(count);
  });

  it('goes page by page', async () => {
    const first = await reader.listResources({ page: { cursor: '', limit: 2 } });
    const second = await reader.listResources({ page: { cursor: first.page!.nextCursor, limit: 2 } });
    expect([...first.resources, ...second.resources]).toEqual((await reader.listResources({})).resources);
    expect([second.resources.length, second.page!.nextCursor]).toEqual([1, '']);
  });
});

describe('files', () => {
  it('of resources are UTF-8 without byte order mark, with English and Chinese headers, and hold no formula', async () => {
    const file = await resourceFile();
    expect(file.subarray(0, 4).toString()).toBe('site');
    const [header, ...lines] = rowsOf(file);
    expect(header).toContain('standard racks 标准机架数');
    expect(lines.length).toBe(3);
    const line = Object.fromEntries(header!.map((name, at) => [name, lines[0]![at]]));
    expect(line).toMatchObject({
      'site name 算力中心名称': '\'=Shuitu, "水土"',
      'provider 供给方': '两江智算',
      'class 规模类型': 'LARGE',
      'PUE 电能利用效率': '1.250',
      'occupancy % 上架率': '70.00',
      'compute class 算力类型': 'INTELLIGENT',
      'units 单元数': '24',
      'TFLOPS FP16 算力规模': '7488.000',
      'domestic 自主可控': 'no',
    });
    expect(lines.every((each) => each.length === header!.length)).toBe(true);
  });

  it('of needs do not say who needs', async () => {
    const file = await fileOf(reader.exportWantedCompute({}));
    const [, ...lines] = rowsOf(file);
    expect(lines.map((line) => line.at(-1))).toEqual(['train a model', 'render', 'short']);
    expect(lines[0]).toEqual(expect.arrayContaining(['0.500', 'FP16', '2026-01-01', '2026-03-02']));
    expect(file.toString()).not.toContain('Secret');
  });

  it('without lines are a header', async () => {
    expect(rowsOf(await resourceFile({ region: 110000 })).length).toBe(1);
  });

  it('of more than a chunk hold every line once', async () => {
    expect(await resourceFile({ page: { cursor: '', limit: 1 } })).toEqual(await resourceFile());
  });
});

describe('published quarters', () => {
  it('are published once by the operator and stay as they were', async () => {
    const published = await operator.publishLists({ quarter: '2026Q1' });
    expect(published).toMatchObject({ quarter: '2026Q1', resourceLines: 3, needLines: 3, by: 'test/1' });
    const before = await reader.listResources({ quarter: '2026Q1' });
    expect(before.publishedAt).toBe(market.exchange.now());
    await market.pool({ siteId: (await market.operator.listSites({})).sites[0]!.siteId, model: 'H100' });
    expect(await reader.listResources({ quarter: '2026Q1' })).toEqual(before);
    expect((await reader.listResources({})).resources.length).toBe(before.resources.length + 1);
    expect(rowsOf(await resourceFile({ quarter: '2026Q1', district: 500103 })).length).toBe(2);
    expect(await ruleOf(operator.publishLists({ quarter: '2026Q1' }))).toBe('quarter_must_be_published_once');
  });

  it.each([
    ['2025Q2', 'published_quarter_must_be_this_or_the_last'],
    ['2026Q2', 'published_quarter_must_be_this_or_the_last'],
    ['2026Q5', 'text_must_match_its_pattern'],
    ['', 'field_must_be_given'],
  ])('%j is refused: %s', async (quarter, rule) => {
    expect(await ruleOf(operator.publishLists({ quarter }))).toBe(rule);
  });

  it('are published by themselves when a quarter ends, once, with the needs that reach into it', async () => {
    await market.exchange.advanceTo(Date.parse('2026-04-01T01:00:00+08:00'));
    expect((await reader.listPublications({})).publications.map(({ quarter }) => quarter)).toEqual(['2026Q1']);
    await market.exchange.advanceTo(Date.parse('2026-07-01T00:00:00+08:00'));
    await market.exchange.advanceTo(Date.parse('2026-07-01T02:00:00+08:00'));
    const { publications } = await reader.listPublications({});
    expect(publications.map(({ quarter, by, needLines }) => [quarter, by, needLines])).toEqual([
      ['2026Q2', 'exchange', 0],
      ['2026Q1', 'test/1', 3],
    ]);
    expect((await reader.listWantedCompute({ quarter: '2026Q1' })).needs.length).toBe(3);
    expect((await reader.listWantedCompute({})).needs).toEqual([]);
  });

  it('that nobody published are absent', async () => {
    expect(await ruleOf(reader.listResources({ quarter: '2025Q4' }))).toBe('entity_must_exist');
    await expect(resourceFile({ quarter: '2025Q4' })).rejects.toMatchObject({ rule: 'entity_must_exist' });
  });

  it('are published by the operator alone', async () => {
    expect(await ruleOf(reader.publishLists({ quarter: '2026Q3' }))).toBe('caller_must_hold_a_role_of_the_method');
  });
});
