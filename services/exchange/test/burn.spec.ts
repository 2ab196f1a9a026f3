// Where a programme's budget goes 预算执行, and another platform's bill that is cancelled, through the public HTTP API.
import { HttpMarket, type Json, type Someone } from './http-market.js';

let market: HttpMarket;
let authority: Someone;
let platform: Someone;
let provider: Someone;
let programmeId: number;
let bills = 0;
const firms: Record<string, Someone> = {};

const hash = (text: string) => Buffer.from(text.padEnd(32, '.')).toString('hex');
const register = async (role: string, details: Json = {}): Promise<Someone> => {
  const all = { name: `${role} ${++bills}`, region: 330100, industry: 'I', size: 'SMALL', roles: [role], ...details };
  const { participantId } = await market.done(market.operator, '/v1/participants', { details: all });
  for (const state of ['SUBMITTED', 'VERIFIED'])
    await market.done(market.operator, `/v1/participants/${Number(participantId)}/state`, { state, reason: 'papers seen' });
  return { id: Number(participantId), key: await keyOf(Number(participantId), role, 'first') };
};
const keyOf = async (participantId: number, role: string, name: string) =>
  String((await market.done(market.operator, '/v1/keys', { participantId, roles: [role], name })).secret);
const bring = async (firm: Someone, amount: string, month = '2025-12'): Promise<Json> => {
  const number = `M-${++bills}`;
  const bill = {
    programmeId,
    buyerId: firm.id,
    billNumber: number,
    month,
    service: 'MODEL',
    lines: [{ providerId: provider.id, amount, usageHash: hash(number) }],
  };
  const hashes = { contractHash: hash(`contract ${number}`), receiptHash: hash(`receipt ${number}`) };
  return market.done(platform.key, '/v1/platform-bills', { ...bill, ...hashes });
};
const burn = (query = '', key = authority.key) => market.get(key, `/v1/programmes/${programmeId}/burn${query}`);

beforeAll(async () => {
  market = await HttpMarket.open();
  authority = await register('AUTHORITY');
  platform = await register('PARTNER');
  provider = await register('PROVIDER');
  firms.models = await register('BUYER', { region: 330106 });
  firms.games = await register('BUYER', { region: 330106, industry: 'R', size: 'MICRO' });
  firms.weather = await register('BUYER', { region: 330108, industry: 'M' });
  await market.exchange.advance();
  const terms = {
    ...{ name: 'model voucher', budget: '1000', kind: 'REIMBURSEMENT', firstDay: '2025-11-01', lastDay: '2026-12-31' },
    ...{ coverage: { services: ['MODEL'], platformIds: [platform.id] }, eligibility: { regions: [330000] } },
    ...{ tiers: [{ rateBp: 2000, capPerFirmYear: '50' }], officersFrom: '45' },
  };
  programmeId = Number((await market.done(authority.key, '/v1/programmes', { terms })).programmeId);
  await market.done(authority.key, `/v1/programmes/${programmeId}/submit`);
  for (const name of ['second', 'third'])
    await market.done(await keyOf(authority.id, 'AUTHORITY', name), `/v1/programmes/${programmeId}/approve`);
});
afterAll(() => market?.stop());

it('is told by district, industry, size and month of who claimed, as registered then', async () => {
  await bring(firms.models!, '100');
  await bring(firms.models!, '50', '2025-11');
  await bring(firms.games!, '30');
  // 20 % of 240 are 48: it waits for officers.
  await bring(firms.weather!, '240');
  // 20 % of 200 are 40, and 50 − 30 = 20 are left of the firm's year.
  await bring(firms.models!, '200');
  const details = { region: 330110, industry: 'C', size: 'LARGE', name: 'models', roles: ['BUYER'] };
  await market.done(market.operator, `/v1/participants/${firms.models!.id}`, { details, reason: 'it moved' }, 'PUT');
  await market.exchange.advance();

  expect((await burn()).body).toMatchObject({
    ...{ programmeId, budget: '1000', paid: '56', waiting: '48' },
    groups: [{ firms: 3, claims: 5, base: '620', paid: '56', waiting: '48' }],
  });
  expect((await burn('?by=DISTRICT')).body.groups).toMatchObject([
    { region: 330106, firms: 2, claims: 4, base: '380', paid: '56' },
    { region: 330108, firms: 1, claims: 1, base: '240', waiting: '48' },
  ]);
  expect((await burn('?by=INDUSTRY&by=SIZE')).body.groups).toMatchObject([
    { industry: 'I', size: 'SMALL', paid: '50' },
    { industry: 'M', size: 'SMALL', waiting: '48' },
    { industry: 'R', size: 'MICRO', paid: '6' },
  ]);
  expect((await burn('?by=MONTH&year=2025')).body.groups).toMatchObject([
    { month: '2025-11', paid: '10' },
    { month: '2025-12', paid: '46' },
  ]);
  expect((await burn('?by=MONTH&year=2026')).body.groups ?? []).toEqual([]);
});

it('comes page by page, each with the sums of all', async () => {
  const found: Json[] = [];
  for (let cursor = ''; ;) {
    const { body } = await burn(`?by=DISTRICT&by=INDUSTRY&limit=1${cursor && `&cursor=${cursor}`}`);
    expect(body).toMatchObject({ paid: '56', waiting: '48' });
    found.push(...(body.groups as Json[]));
    cursor = ((body.page ?? {}) as { nextCursor?: string }).nextCursor ?? '';
    if (!cursor) break;
  }
  expect(found.map(({ region, industry }) => [region, industry])).toEqual([
    [330106, 'I'],
    [330106, 'R'],
    [330108, 'M'],
  ]);
  expect(await burn('?by=SIZE&by=SIZE')).toMatchObject({ status: 400, body: { rule: 'group_must_be_named_once' } });
  expect(await burn('?cursor=WyIxIl0')).toMatchObject({ status: 400, body: { rule: 'cursor_must_come_from_a_list' } });
});

it('falls when a bill is cancelled, and is for the programme’s authority, operator and regulator', async () => {
  const { claims } = await market.seen(authority.key, `/v1/claims?buyerId=${firms.games!.id}`);
  const [claim] = claims as Json[];
  const path = `/v1/claims/${Number(claim!.claimId)}/cancel`;
  expect((await market.send(platform.key, path, { reason: 'x' })).status).toBe(403);
  expect(await market.done(authority.key, path, { reason: 'the platform paid it back' })).toMatchObject({ amount: '6', clawedBack: '6' });
  await market.exchange.advance();
  expect((await burn()).body).toMatchObject({ paid: '50' });
  expect(await market.seen(authority.key, `/v1/programmes/${programmeId}/balances`)).toMatchObject({ redeemed: '50', available: '950' });
  for (const key of [market.operator, market.regulator]) expect((await burn('', key)).status).toBe(200);
  expect((await burn('', firms.games!.key)).status).toBe(403);
  expect((await burn('', (await register('AUTHORITY')).key)).status).toBe(404);
});
