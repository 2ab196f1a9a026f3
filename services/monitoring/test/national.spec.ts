// Reports to a national node 国家节点, between a whole region and the reference receiver as a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndicatorsDefinition, NationalDefinition, NationalItemState, NationalKind } from '#contracts';
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

const opened = async () => {
  const { region: open, ...registered } = await Region.opened();
  region = open;
  return registered;
};
const items: Region['items'] = (kind, state) => region.items(kind, state);
const takenIds: Region['takenIds'] = (kind) => region.takenIds(kind);
const waiting: Region['waiting'] = () => region.waiting();
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
