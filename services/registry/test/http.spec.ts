// The registry through the gateway: what the contract says becomes paths, JSON, NDJSON and files.
import { randomUUID } from 'node:crypto';
import { GatewayModule } from '#gateway';
import { openRegistry } from './registry.js';
import type { Registry } from './registry.js';

let market: Registry;
let operatorKey: string;
let providerKey: string;
let otherKey: string;
let poolId: number;

const details = { name: 'Shuitu 水土', region: 500000, zone: 'DOMESTIC', securityGrade: 3, standardRacks: 9000, pueMilli: 1250 };
const send = (key: string, path: string, body: object, method = 'POST') => market.exchange.http<Body>(path, { key, body, method });
const read = (key: string, path: string) => market.exchange.http<Body>(path, { key });
const sendNodes = async (key: string, lines: string) => {
  const answer = await fetch(`${market.exchange.running.httpAddress}/v1/pools/${poolId}/nodes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson', 'idempotency-key': randomUUID() },
    body: lines,
  });
  return { status: answer.status, body: (await answer.json()) as Body };
};

/** What any answer of these routes may hold; each test looks at its own part. */
interface Body {
  siteId: number;
  poolId: number;
  linkId: number;
  state: string;
  siteClass: string;
  identifier: string;
  details: Record<string, unknown>;
  nodes: { number: number; serial: string }[];
  page: { nextCursor?: string };
  detail: string;
}

beforeAll(async () => {
  market = await openRegistry(GatewayModule);
  const provider = await market.participant({ name: 'Liangjiang' });
  const other = await market.participant({ name: 'Tianfu' });
  operatorKey = await market.exchange.key({ participantId: 1, roles: ['operator'] });
  providerKey = await market.exchange.key({ participantId: provider, roles: ['provider'] });
  otherKey = await market.exchange.key({ participantId: other, roles: ['provider'] });
});
afterAll(() => market.exchange.stop());

it('a provider registers a site and a pool with nodes, the operator verifies', async () => {
  const site = await send(providerKey, '/v1/sites', { details });
  expect(site).toMatchObject({ status: 200, body: { state: 'DRAFT', siteClass: 'LARGE', details } });
  const { siteId } = site.body;
  const asPool = {
    ...{ siteId, computeClass: 'INTELLIGENT', model: 'A100', unit: 'CARD', unitsPerNode: 8, memoryGibPerUnit: 80 },
    ...{ interconnect: 'NVLINK', tflopsFp16Milli: 312000 },
  };
  const pool = await send(providerKey, '/v1/pools', { details: asPool });
  expect(pool.status).toBe(200);
  poolId = pool.body.poolId;
  const lines = Array.from({ length: 10_000 }, (_, at) => `{"serial":"node-${at}"}\n`).join('');
  expect(await sendNodes(providerKey, lines)).toMatchObject({ status: 200, body: { poolId, registered: 10_000, pendingNodes: 10_000 } });
  for (const path of [`/v1/sites/${siteId}`, `/v1/pools/${poolId}`]) {
    expect(await send(providerKey, `${path}/state`, { state: 'SUBMITTED', reason: 'complete' })).toMatchObject({ status: 200 });
    expect(await send(providerKey, `${path}/state`, { state: 'VERIFIED', reason: 'please' })).toMatchObject({ status: 403 });
    const verified = await send(operatorKey, `${path}/state`, { state: 'VERIFIED', reason: 'papers seen' });
    expect(verified).toMatchObject({ status: 200, body: { state: 'VERIFIED' } });
    expect(await read(otherKey, `/v1/identifiers/${verified.body.identifier}`)).toMatchObject({ status: 200, body: { state: 'VERIFIED' } });
    expect((await read(otherKey, path)).status).toBe(404);
  }
});

it('a stream of nodes with one that is known leaves nothing behind and says which', async () => {
  const refused = await sendNodes(providerKey, '{"serial":"fresh"}\n{"serial":"node-7"}\n');
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('node-7') as string } });
  const { body } = await read(providerKey, `/v1/pools/${poolId}/nodes?serial=fresh`);
  expect(body.nodes ?? []).toEqual([]);
});

it('nodes are listed page by page', async () => {
  const first = await read(providerKey, `/v1/pools/${poolId}/nodes?limit=2`);
  const second = await read(providerKey, `/v1/pools/${poolId}/nodes?limit=2&cursor=${first.body.page.nextCursor}`);
  expect([...first.body.nodes, ...second.body.nodes].map(({ serial }) => serial)).toEqual(['node-0', 'node-1', 'node-2', 'node-3']);
});

it('money of a link is written in yuan, a drain’s window in times', async () => {
  const ends = { fromRegion: 500000, toRegion: 650500, oneWayUs: 17000, roundTripUs: 35000, gigabitsPerSecond: 100 };
  const link = await send(providerKey, '/v1/links', { details: { ...ends, pricePerGb: '0.02' } });
  expect(link).toMatchObject({ status: 200, body: { details: { pricePerGb: '0.02' } } });
  const window = { from: '2026-01-02T00:00:00+08:00', to: '2026-01-02T00:15:00+08:00' };
  const drain = await send(providerKey, `/v1/pools/${poolId}/drains`, { nodes: [0, 1], window, reason: 'firmware' });
  expect(drain).toMatchObject({ status: 200, body: { state: 'PLANNED', window: { from: '2026-01-01T16:00:00Z' } } });
});

it('the lists come as JSON and as files', async () => {
  const listed = await market.exchange.http<{ resources: { model: string; nodes: number }[] }>('/v1/resource-list?model=A100', {
    key: otherKey,
  });
  expect(listed.body.resources).toMatchObject([{ model: 'A100', nodes: 10_000 }]);
  const file = await market.exchange.http<string>('/v1/resource-list.csv', { key: otherKey });
  expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(file.body.split('\n')[0]).toContain('standard racks 标准机架数');
  expect((await market.exchange.http<string>('/v1/needs-list.csv', { key: otherKey })).body.trim().split('\n').length).toBe(1);
  expect((await read(otherKey, '/v1/resource-list.csv?quarter=2025Q1')).status).toBe(404);
});

it.each<[string, () => Promise<{ status: number }>, number]>([
  ['a field that the contract does not know', () => send(providerKey, '/v1/sites', { details: { ...details, colour: 'red' } }), 400],
  ['a rule of a field', () => send(providerKey, '/v1/sites', { details: { ...details, pueMilli: 1 } }), 400],
  ['a rule between fields', () => send(providerKey, '/v1/sites', { details: { ...details, district: 510104 } }), 400],
  ['a role that may not', () => send(providerKey, '/v1/participants', { details: {} }), 403],
  ['nobody', () => market.exchange.http('/v1/sites'), 401],
  ['JSON where a stream is asked for', () => send(providerKey, `/v1/pools/${poolId}/nodes`, { serial: 'x' }), 415],
  ['a broken line of a stream', () => sendNodes(providerKey, '{"serial":"x"}\n{"serial":'), 400],
])('%s is refused', async (_name, call, status) => {
  expect((await call()).status).toBe(status);
});
