// What has no answer, comes late or is forgotten on the way to a national node 国家节点: said again, taken once, and made up for.
import { NationalItemState, NationalKind } from '#contracts';
import { Region, siteDetails } from './national.js';

const minute = 60_000;
const hour = 60 * minute;
const { IDENTIFIER, MONITORING } = NationalKind;
const { WAITING, ACKNOWLEDGED, REFUSED } = NationalItemState;

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
