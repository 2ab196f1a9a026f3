// Reports to a national node 国家节点, and what comes back, between a whole region and the reference receiver as a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndicatorsDefinition, NationalDefinition, NationalItemState, NationalKind, NationalReturnKind } from '#contracts';
import { slotAt } from '#domain';
import { MonitoringModule } from '#monitoring';
import { RegistryModule } from '#registry';
import { Authority, testExchange, writePapers } from '#testing';
import { Region, siteDetails } from './national.js';

const minute = 60_000;
const hour = 60 * minute;
const { IDENTIFIER, RESOURCE, MONITORING, INDICATOR } = NationalKind;
const { WAITING, ACKNOWLEDGED, REFUSED, REPLACED } = NationalItemState;

let region: Region;
afterEach(() => region?.stop());

/** A provider with a site and a pool, reported. */
async function opened() {
  region = await Region.open();
  const provider = await region.provider();
  const site = await region.site(provider);
  const pool = await region.pool(site.id);
  await region.exchange.advance();
  return { provider, site, pool };
}

const items = async (kind: NationalKind, state = NationalItemState.UNSPECIFIED) =>
  (await region.national.listNationalItems({ kind, state })).items;
const takenIds = async (kind: string) => (await region.nation.taken()).filter((one) => one.kind === kind).map(({ itemId }) => itemId);
const waiting = async () => (await region.national.getNationalConnection({})).lanes.reduce((sum, lane) => sum + lane.waiting, 0);
/** Each id once. */
const once = (ids: readonly string[]) => expect([...ids].sort()).toEqual([...new Set(ids)].sort());

it('registers, reports and uploads: identifiers are kept in the registry, each item is taken once, and the day is complete', async () => {
  const { provider, site, pool } = await opened();
  const identified = await region.registry.getSite({ id: site.id });
  expect(identified.nationalIdentifier).toMatch(/^CN-500000-S-\d{8}$/);
  expect(await region.registry.resolveIdentifier({ identifier: identified.nationalIdentifier })).toMatchObject({
    ...{ identifier: site.identifier, nationalIdentifier: identified.nationalIdentifier, id: site.id },
  });
  expect((await region.registry.getPool({ id: pool.id })).nationalIdentifier).toMatch(/^CN-500000-R-/);
  expect((await region.registry.getParticipant({ id: provider })).nationalIdentifier).toMatch(/^CN-500000-P-/);
  expect((await region.nation.items()).get(`RESOURCE ${site.identifier}`)).toMatchObject({
    resource: { state: 'VERIFIED', site: { name: 'Shuitu 水土', standardRacks: 900, pueMilli: 1220, siteClass: 'SMALL' } },
  });

  const slot = slotAt(region.exchange.now());
  await region.exchange.advance(hour);
  await region.report(provider, pool.id, slot, slot + 3);
  await region.exchange.advance(hour);
  const from = '2025-12-31T16:00:00Z';
  expect((await region.nation.items()).get(`MONITORING ${site.identifier}/${from}`)).toEqual({
    monitoring: {
      ...{ from, to: '2025-12-31T17:00:00Z' },
      pools: [
        {
          ...{ identifier: pool.identifier, nodes: 2, unitSlotsDue: 64, unitSlotsUp: 48, nodeSlotsDue: 8, nodeSlotsReported: 6 },
          ...{ utilisationBp: 6_000, energyWh: 4_500 },
        },
      ],
    },
  });
  await region.exchange.advance(hour);
  once((await region.nation.taken()).map(({ kind, itemId }) => `${kind} ${itemId}`));
  const { days } = await region.national.listNationalDays({});
  expect(
    days.map(({ kind, due, acknowledged, onTime, completenessBp, timelinessBp }) => [
      kind,
      due,
      acknowledged,
      onTime,
      completenessBp,
      timelinessBp,
    ]),
  ).toEqual([
    [IDENTIFIER, 3, 3, 3, 10_000, 10_000],
    [RESOURCE, 4, 4, 4, 10_000, 10_000],
    [MONITORING, 2, 2, 2, 10_000, 10_000],
  ]);
  expect(days[2]).toMatchObject({ delayP50Seconds: 3_600, delayP99Seconds: 3_600 });
  expect(await region.national.getNationalConnection({})).toMatchObject({
    configured: true,
    platform: 'Shuitu',
    fullReport: false,
    receipts: 9,
  });
});

it('speaks SM2 and SM3 where the platform does', async () => {
  region = await Region.open('national');
  const site = await region.site(await region.provider());
  await region.exchange.advance();
  expect((await region.registry.getSite({ id: site.id })).nationalIdentifier).toMatch(/^CN-/);
});

it.each(['drop-requests', 'down', 'unsigned'])('%s: what has no answer is said again, and taken once', async (mode) => {
  const { provider } = await opened();
  await region.nation.fail({ mode });
  const site = await region.site(provider);
  await region.exchange.advance();
  const [item] = await items(IDENTIFIER, WAITING);
  expect(item).toMatchObject({ identifier: site.identifier, attempts: 1 });
  const lane = (await region.national.getNationalConnection({})).lanes.find(({ kind, current }) => kind === IDENTIFIER && current)!;
  expect(lane).toMatchObject({ waiting: 1, attempts: 1, lastFailure: expect.stringMatching(/./) as string });
  await region.nation.fail(undefined);
  await region.exchange.advance(2 * minute);
  expect(await waiting()).toBe(0);
  once(await takenIds('IDENTIFIER'));
  once(await takenIds('RESOURCE'));
});

it('a lost answer is asked for: the item was taken once, and the answer is the one that was given', async () => {
  const { provider } = await opened();
  await region.nation.fail({ mode: 'drop-answers' });
  const site = await region.site(provider);
  await region.exchange.advance();
  expect(await items(IDENTIFIER, WAITING)).toHaveLength(1);
  const took = (await region.nation.taken()).find(({ itemId }) => itemId === site.identifier)!;
  await region.nation.fail(undefined);
  await region.exchange.advance(2 * minute);
  const [item] = await items(IDENTIFIER);
  expect(item).toMatchObject({ state: ACKNOWLEDGED, receipt: took.receipt, attempts: 2 });
  once(await takenIds('IDENTIFIER'));
});

it('an item of which nothing is said is asked for again, and those beside it are not', async () => {
  const { provider } = await opened();
  const before = (await takenIds('IDENTIFIER')).length;
  await region.nation.stop();
  const [first, second] = [await region.site(provider), await region.site(provider)];
  await region.nation.start();
  await region.nation.fail({ mode: 'leave-out', match: first.identifier });
  await region.exchange.advance(2 * minute);
  expect((await items(IDENTIFIER, WAITING)).map(({ identifier }) => identifier)).toEqual([first.identifier]);
  expect((await takenIds('IDENTIFIER')).slice(before)).toEqual([second.identifier]);
  await region.nation.fail(undefined);
  await region.exchange.advance(2 * minute);
  expect((await takenIds('IDENTIFIER')).slice(before)).toEqual([second.identifier, first.identifier]);
});

it('after half a day away what was missed follows in the order of its periods, beside what is current', async () => {
  region = await Region.open();
  const provider = await region.provider();
  for (let site = 0; site < 20; site++) await region.pool((await region.site(provider)).id);
  await region.exchange.advance(2 * hour);
  const before = (await takenIds('MONITORING')).length;
  await region.nation.stop();
  await region.exchange.advance(13 * hour);
  const { lanes } = await region.national.getNationalConnection({});
  const backlog = lanes.find(({ kind, current }) => kind === MONITORING && !current)!;
  expect(backlog).toMatchObject({
    waiting: 220,
    oldest: Date.parse('2025-12-31T17:00:00Z'),
    lastFailure: expect.stringContaining('ECONNREFUSED') as string,
  });
  await region.nation.start();
  await region.exchange.advance(2 * minute);
  expect(await waiting()).toBe(0);
  const taken = (await takenIds('MONITORING')).slice(before);
  once(taken);
  expect(taken).toHaveLength(260);
  const isCurrent = (itemId: string) => /T05:00:00Z$/.test(itemId);
  const late = taken.filter((itemId) => !isCurrent(itemId));
  const periods = late.map((itemId) => itemId.split('/')[1]!);
  expect(periods).toEqual([...periods].sort());
  expect(taken.findIndex(isCurrent)).toBeLessThan(taken.indexOf(late.at(-1)!));
  const { days } = await region.national.listNationalDays({ kind: MONITORING });
  expect(days.map(({ due, acknowledged, onTime }) => ({ due, acknowledged, onTime }))).toEqual([
    { due: 280, acknowledged: 280, onTime: 40 },
  ]);
}, 120_000);

it('an answer that is late holds up its own lane alone, and is taken when it comes', async () => {
  const { provider } = await opened();
  await region.nation.fail({ mode: 'late', match: '"MONITORING"' });
  const advancing = region.exchange.advance(2 * hour);
  await region.becomes(async () => (await takenIds('MONITORING')).length > 0);
  const site = await region.site(provider);
  await region.becomes(async () => (await items(IDENTIFIER, ACKNOWLEDGED)).some(({ identifier }) => identifier === site.identifier));
  expect(await items(MONITORING, WAITING)).toHaveLength(1);
  await region.nation.fail(undefined);
  await advancing;
  expect((await items(MONITORING)).map(({ state, attempts }) => [state, attempts])).toEqual([[ACKNOWLEDGED, 1]]);
});

it('a refused item shows its rule; mended where it is kept it goes by itself, and by command where nothing else would send it', async () => {
  const { provider, site, pool } = await opened();
  await region.nation.fail({ mode: 'refuse', match: site.identifier, rule: 'pue_must_be_explained' });
  await region.registry.amendSite({ id: site.id, details: siteDetails({ pueMilli: 4_900 }), reason: 'typing' });
  await region.exchange.advance(3 * hour);
  const [refused] = await items(RESOURCE, REFUSED);
  expect(refused).toMatchObject({ identifier: site.identifier, rule: 'pue_must_be_explained', attempts: 1 });
  const [upload] = await items(MONITORING, REFUSED);
  expect(upload).toMatchObject({ identifier: site.identifier, rule: 'pue_must_be_explained' });
  await expect(region.national.resendNationalItem({ serial: refused!.serial + 1_000, reason: 'none' })).rejects.toMatchObject({
    rule: 'entity_must_exist',
  });

  await region.nation.fail(undefined);
  await region.registry.amendSite({ id: site.id, details: siteDetails({ pueMilli: 1_240 }), reason: 'mended' });
  await region.exchange.advance(2 * minute);
  expect(await items(RESOURCE, REFUSED)).toEqual([]);
  expect((await items(RESOURCE, REPLACED)).map(({ serial }) => serial)).toEqual([refused!.serial]);
  expect((await region.nation.items()).get(`RESOURCE ${site.identifier}`)).toMatchObject({ resource: { site: { pueMilli: 1_240 } } });

  const slot = slotAt(upload!.causedAt);
  await region.report(provider, pool.id, slot - 4, slot);
  const again = await region.national.resendNationalItem({ serial: upload!.serial, reason: 'reported late' });
  expect(again).toMatchObject({ itemId: upload!.itemId, dueAt: upload!.dueAt, by: 'test/1', reason: 'reported late', state: WAITING });
  await region.exchange.advance();
  const { line, item } = await region.national.getNationalItem({ serial: again.serial });
  expect(line).toMatchObject({ state: ACKNOWLEDGED });
  expect(item!.monitoring!.pools[0]).toMatchObject({ nodeSlotsReported: 8 });
  await expect(region.national.resendNationalItem({ serial: again.serial, reason: 'twice' })).rejects.toMatchObject({
    rule: 'national_item_must_be_refused',
  });
});

it('a month’s indicators go as they were published, and those of which nothing is known do not', async () => {
  await opened();
  await region.exchange.advance(31 * 24 * hour + 3 * hour);
  await region.exchange.advance(hour);
  const report = await region.exchange.call(IndicatorsDefinition).getIndicatorReport({ period: '2026-01' });
  const known = report.indicators.filter(({ figure }) => figure!.known);
  expect(known.length).toBeGreaterThan(3);
  expect(known.length).toBeLessThan(report.indicators.length);
  const reported = await items(INDICATOR, ACKNOWLEDGED);
  expect(reported.map(({ itemId }) => itemId).sort()).toEqual(known.map(({ definition }) => `${definition!.indicatorId}/2026-01`).sort());
  const [pue] = known.filter(({ definition }) => definition!.indicatorId === 'pue');
  expect((await region.nation.items()).get('INDICATOR pue/2026-01')).toEqual({
    indicator: { month: '2026-01', code: 'pue', value: pue!.figure!.text, unit: pue!.definition!.unit, declared: false },
  });
  expect(reported[0]).toMatchObject({ causedAt: report.to, dueAt: report.to + 5 * 24 * hour });
}, 120_000);

it('one item for which a whole message is refused is refused for itself, and holds up none beside it', async () => {
  region = await Region.open();
  const provider = await region.provider();
  const sites = [];
  for (let count = 0; count < 9; count++) sites.push(await region.site(provider));
  const wrong = sites[6]!.identifier;
  await region.nation.fail({ mode: 'refuse-message', match: `"itemId":"${wrong}"` });
  await region.exchange.advance();
  const refused = (await items(IDENTIFIER, REFUSED)).map(({ identifier, rule }) => [identifier, rule]);
  expect(refused).toEqual([[wrong, 'message_must_obey_the_contract']]);
  expect(await items(IDENTIFIER, WAITING)).toEqual([]);
  once(await takenIds('IDENTIFIER'));
  expect(await takenIds('IDENTIFIER')).toHaveLength(9);
});

it('what belongs to something unregistered waits for it, and is shown as held', async () => {
  region = await Region.open();
  await region.nation.fail({ mode: 'refuse', match: '-P-' });
  const provider = await region.provider();
  await region.site(provider);
  await region.exchange.advance();
  expect(await items(IDENTIFIER, REFUSED)).toHaveLength(1);
  const lane = (await region.national.getNationalConnection({})).lanes.find(({ kind, current }) => kind === IDENTIFIER && current)!;
  expect(lane).toMatchObject({ waiting: 1, held: 1 });
  await region.nation.fail(undefined);
  const [refused] = await items(IDENTIFIER, REFUSED);
  await region.national.resendNationalItem({ serial: refused!.serial, reason: 'agreed by telephone' });
  await region.exchange.advance(2 * minute);
  expect(await waiting()).toBe(0);
});

it('a receiver restored from an older back-up is told again what it has forgotten, and takes back the identifiers that it had given', async () => {
  const { provider, site } = await opened();
  await region.exchange.advance(3 * hour);
  const copy = await region.nation.backUp();
  const other = await region.site(provider);
  await region.pool(other.id);
  await region.registry.amendSite({ id: site.id, details: siteDetails({ standardRacks: 950 }), reason: 'more' });
  await region.exchange.advance(2 * hour);
  const before = await region.nation.items();
  const identifier = (await region.registry.getSite({ id: other.id })).nationalIdentifier;
  const { receipts } = await region.nation.state();
  await region.nation.restore(copy);
  expect((await region.nation.state()).receipts).toBeLessThan(receipts);
  await region.exchange.advance(minute);
  await region.exchange.advance(minute);
  expect(await waiting()).toBe(0);
  const after = await region.nation.items();
  expect(new Set(after.keys())).toEqual(new Set(before.keys()));
  for (const [id, content] of before)
    if (id !== 'RESOURCE full' && !id.startsWith('IDENTIFIER')) expect([id, after.get(id)]).toEqual([id, content]);
  expect((await region.registry.getSite({ id: other.id })).nationalIdentifier).toBe(identifier);
  expect(await region.national.getNationalConnection({})).toMatchObject({
    fullReport: false,
    receipts: (await region.nation.state()).receipts,
  });
});

it('a receiver that asks for a full report gets one; what is no more goes with its end', async () => {
  const { site } = await opened();
  await region.sql(`update monitoring.national_subjects set digest = ''`);
  const before = (await takenIds('RESOURCE')).length;
  await region.nation.control('POST', 'want-full');
  await region.exchange.advance(2 * minute);
  expect((await takenIds('RESOURCE')).slice(before)).toEqual([expect.any(String), site.identifier, expect.any(String), 'full']);
  expect(await region.nation.state()).toMatchObject({ wantsFull: false });
  const again = await region.national.reportNationalResources({});
  expect(again).toMatchObject({ fullReport: true });
  await region.exchange.advance(2 * minute);
  expect((await takenIds('RESOURCE')).slice(before)).toHaveLength(8);
});

it('what the registry does not know any more holds up nothing', async () => {
  const { provider } = await opened();
  await region.sql('insert into monitoring.national_subjects (kind, id, marked_at) values (2, 999, 1)');
  const site = await region.site(provider);
  await region.exchange.advance();
  expect((await region.registry.getSite({ id: site.id })).nationalIdentifier).toMatch(/^CN-/);
  expect(await region.sql('select 1 from monitoring.national_subjects where id = 999')).toEqual([]);
});

it('a region restored from an older back-up goes on behind what was heard of it', async () => {
  const { provider } = await opened();
  const { heardSerial } = await region.nation.state();
  await region.sql('update monitoring.national_node set serial = 2');
  await region.sql('delete from monitoring.national_items where serial > 2');
  await region.exchange.restart();
  const site = await region.site(provider);
  await region.exchange.advance(2 * minute);
  expect(await waiting()).toBe(0);
  expect(await items(IDENTIFIER, REFUSED)).toEqual([]);
  const [item] = await items(IDENTIFIER);
  expect(item).toMatchObject({ identifier: site.identifier, state: ACKNOWLEDGED });
  expect(item!.serial).toBeGreaterThan(heardSerial);
});

describe('what comes back', () => {
  const notice = (entryId: string, change = {}) => ({
    ...{ entryId, kind: 'NOTICE', issuedAt: '2026-01-01T00:00:00Z', title: `notice ${entryId}`, notice: { text: 'report occupancy anew' } },
    ...change,
  });

  it('is kept, shown and told once, also after the receiver was restored from an older back-up', async () => {
    await opened();
    const copy = await region.nation.backUp();
    const need = { region: 110_000, computeClass: 'INTELLIGENT', model: 'G2', unit: 'CARD', units: 512, domesticOnly: true };
    await region.nation.control('POST', 'returns', notice('n-1'));
    await region.nation.control('POST', 'returns', { ...notice('n-2'), kind: 'NEED', notice: undefined, need });
    await region.exchange.advance(2 * minute);
    await region.nation.restore(copy);
    for (const id of ['n-1', 'n-3']) await region.nation.control('POST', 'returns', notice(id));
    // One question to learn that its place is not known any more, and one from the beginning.
    await region.exchange.advance(minute);
    await region.exchange.advance(minute);
    const { returns } = await region.national.listNationalReturns({});
    expect(returns.map(({ entry }) => entry!.entryId)).toEqual(['n-3', 'n-2', 'n-1']);
    expect(region.returns).toEqual(['n-1', 'n-2', 'n-3']);
    const needs = await region.national.listNationalReturns({ kind: NationalReturnKind.NEED });
    expect(needs.returns.map(({ entry }) => entry!.need)).toEqual([expect.objectContaining({ region: 110_000, units: 512 })]);
  });

  it('is kept and shown, and told to nobody, where it breaks the contract', async () => {
    await opened();
    await region.nation.control('POST', 'returns', notice('n-1', { title: '' }));
    await region.nation.control('POST', 'returns', notice('n-2'));
    await region.exchange.advance(2 * minute);
    const { returns } = await region.national.listNationalReturns({});
    expect(returns.map(({ entry, rule }) => [entry!.entryId, rule])).toEqual([
      ['n-2', ''],
      ['n-1', 'title field_must_be_given'],
    ]);
    expect(region.returns).toEqual(['n-2']);
  });
});

it('over TLS both sides show a certificate, and the region its credential; without them nothing is heard', async () => {
  const papers = mkdtempSync(join(tmpdir(), 'exchange-national-tls-'));
  const authority = await Authority.make();
  const [own, theirs] = [join(papers, 'region'), join(papers, 'nation')];
  await writePapers(own, authority, await authority.issueHost());
  await writePapers(theirs, authority, await authority.issueHost());
  const options = ['--trust-clocks', '--tls', theirs, '--credential', 'a secret'];
  region = await Region.open('international', options, { nationalCertificates: own, nationalCredential: 'a secret' });
  const site = await region.site(await region.provider());
  await region.exchange.advance();
  expect((await region.registry.getSite({ id: site.id })).nationalIdentifier).toMatch(/^CN-/);

  const failure = async () => (await region.national.getNationalConnection({})).lanes[0]!.lastFailure;
  await region.exchange.restart({ nationalCredential: 'another' });
  await region.exchange.advance(minute);
  expect(await failure()).toMatch(/status 401, the credential is wrong/);
  const stranger = await Authority.make();
  await writePapers(own, authority, await stranger.issueHost());
  await region.exchange.restart({ nationalCredential: 'a secret' });
  await region.exchange.advance(minute);
  expect(await failure()).not.toMatch(/401/);
  expect(await failure()).not.toBe('');
  rmSync(papers, { recursive: true });
});

it('where no national node is configured nothing is gathered and nothing is sent, and that is what is shown', async () => {
  const exchange = await testExchange({ modules: [RegistryModule, MonitoringModule], config: { platform: 'Shuitu' } });
  const national = exchange.call(NationalDefinition);
  await exchange.advance(2 * hour);
  expect(await national.getNationalConnection({})).toMatchObject({ configured: false, url: '', platform: 'Shuitu', lanes: [] });
  expect((await national.listNationalItems({})).items).toEqual([]);
  expect((await national.listNationalDays({})).days).toEqual([]);
  await expect(national.reportNationalResources({})).rejects.toMatchObject({ rule: 'national_node_must_be_configured' });
  await exchange.stop();
});
