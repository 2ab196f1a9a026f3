// What the front door refuses: each problem names the rule, and the field where there is one.
import { connect } from 'node:net';
import { IdentityDefinition } from '#contracts';
import { openCast } from './cast.js';
import type { Cast } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast({ bodyLimit: 20_000 });
});
afterAll(() => cast?.exchange.stop());

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly rule: string;
  readonly field?: string;
  readonly pointer?: string;
  readonly violations?: { field: string; pointer?: string; rule: string }[];
}

const knock = async (
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string | null> = {},
) => {
  const usual = { authorization: `Bearer ${cast.keys.buyer}`, 'idempotency-key': crypto.randomUUID(), 'content-type': 'application/json' };
  const sent = Object.entries({ ...usual, ...headers }).filter((header): header is [string, string] => header[1] !== null);
  const answer = await fetch(`${cast.exchange.running.httpAddress}${path}`, { method, body, headers: sent });
  return { status: answer.status, headers: answer.headers, problem: (await answer.json()) as Problem };
};

const book = { computeClass: 'INTELLIGENT', model: 'A100', unit: 'CARD', tier: 'FIRM' };
const bid = (terms: object = {}, more: object = {}) =>
  JSON.stringify({ terms: { books: [book], units: 8, durationSlots: 4, limitPrice: '2.5', ...terms }, ...more });

it('a problem is one by RFC 9457', async () => {
  const { status, headers, problem } = await knock('POST', '/v1/bids', bid({ limitPrice: '2.50005', units: -1 }));
  expect([status, headers.get('content-type')]).toEqual([400, expect.stringMatching(/^application\/problem\+json/)]);
  expect(problem).toEqual({
    type: 'urn:compute-exchange:rule:number_must_be_in_range',
    title: 'The request breaks a rule',
    status: 400,
    detail: 'terms.units must be 0 to 1000000 (and 1 more)',
    instance: expect.stringMatching(/^urn:uuid:/) as string,
    rule: 'number_must_be_in_range',
    field: 'terms.units',
    pointer: '#/terms/units',
    violations: [
      { field: 'terms.units', pointer: '#/terms/units', rule: 'number_must_be_in_range', detail: 'must be 0 to 1000000' },
      {
        field: 'terms.limitPrice',
        pointer: '#/terms/limitPrice',
        rule: 'price_must_be_on_the_tick',
        detail: 'must be a multiple of 0.0001 yuan',
      },
    ],
  });
});

describe('a body', () => {
  it.each<[string, number, string, string | undefined, () => string | Uint8Array<ArrayBuffer> | undefined, Record<string, string | null>]>([
    ['that is no JSON', 400, 'body_must_be_json', undefined, () => '{"terms":', {}],
    ['that is no object', 400, 'value_must_be_of_its_type', '', () => '[]', {}],
    ['of null', 400, 'value_must_be_of_its_type', '', () => 'null', {}],
    ['that is missing', 400, 'field_must_be_given', 'terms', () => undefined, { 'content-type': null }],
    ['that is empty', 400, 'field_must_be_given', 'terms', () => '', {}],
    ['of another kind', 415, 'body_must_be_of_a_known_media_type', undefined, () => 'a=b', { 'content-type': 'text/plain' }],
    [
      'of lines where one object is asked for',
      415,
      'body_must_be_of_a_known_media_type',
      undefined,
      bid,
      { 'content-type': 'application/x-ndjson' },
    ],
    ['over the limit', 413, 'body_must_fit_the_limit', undefined, () => bid({}, { project: 'x'.repeat(20_000) }), {}],
    ['nested without end', 400, 'field_must_be_known', 'a', () => `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, {}],
    ['with a field that nobody knows', 400, 'field_must_be_known', 'colour', () => bid({}, { colour: 'red' }), {}],
    ['with a field of the prototype', 400, 'field_must_be_known', '__proto__', () => `${bid().slice(0, -1)},"__proto__":{"terms":1}}`, {}],
    ['with a number too large', 400, 'number_must_be_in_range', 'terms.units', () => bid({ units: 1e15 }), {}],
    ['with a number beyond integers', 400, 'number_must_be_whole', 'terms.units', () => bid({ units: 1e300 }), {}],
    ['with a price of nothing', 400, 'number_must_be_in_range', 'terms.limitPrice', () => bid({ limitPrice: '0' }), {}],
    ['with a duration of nothing', 400, 'number_must_be_in_range', 'terms.durationSlots', () => bid({ durationSlots: 0 }), {}],
    ['without a price', 400, 'field_must_be_given', 'terms.limitPrice', () => bid({ limitPrice: undefined }), {}],
    ['with a price beyond integers', 400, 'number_must_be_in_range', 'terms.limitPrice', () => bid({ limitPrice: '99999999999' }), {}],
    ['with a price of 25 digits', 400, 'number_must_be_in_range', 'terms.limitPrice', () => bid({ limitPrice: '9'.repeat(25) }), {}],
    ['with a price off the tick', 400, 'price_must_be_on_the_tick', 'terms.limitPrice', () => bid({ limitPrice: '0.00015' }), {}],
    ['with a price as a number', 400, 'value_must_be_of_its_type', 'terms.limitPrice', () => bid({ limitPrice: 2.5 }), {}],
    ['with seven decimals', 400, 'price_must_be_a_decimal_of_yuan', 'terms.limitPrice', () => bid({ limitPrice: '1.0000001' }), {}],
    [
      'with a slot off the quarter',
      400,
      'slot_must_begin_a_quarter_hour',
      'terms.earliest',
      () => bid({ earliest: '2026-01-02T00:01:00Z' }),
      {},
    ],
    ['of another charset', 415, 'body_must_be_utf_8', undefined, bid, { 'content-type': 'application/json; charset=utf-16' }],
    ['that is compressed', 415, 'body_must_not_be_compressed', undefined, bid, { 'content-encoding': 'gzip' }],
    [
      'with bytes that are no UTF-8',
      400,
      'body_must_be_utf_8',
      undefined,
      () => new Uint8Array(Buffer.from(bid({}, { project: '\xe9' }), 'latin1')),
      {},
    ],
    [
      'at an hour that is none',
      400,
      'slot_must_begin_a_quarter_hour',
      'terms.earliest',
      () => bid({ earliest: '2026-01-02T24:00:00Z' }),
      {},
    ],
    ['with text that holds NUL', 400, 'text_must_be_well_formed', 'project', () => bid({}, { project: '\0' }), {}],
  ])('%s', async (_name, status, rule, field, body, headers) => {
    const answer = await knock('POST', '/v1/bids', body(), headers);
    expect([answer.status, answer.problem.rule]).toEqual([status, rule]);
    if (field !== undefined) expect(answer.problem.field ?? '').toBe(field);
  });

  it('that differs from its path', async () => {
    const { status, problem } = await knock('PATCH', '/v1/bids/00000000001', JSON.stringify({ bidId: '00000000002', units: 1 }));
    expect([status, problem.rule, problem.field]).toEqual([400, 'field_must_agree_with_the_path', 'bidId']);
  });

  it('where none is taken', async () => {
    const { status, problem } = await knock('DELETE', '/v1/keys/999', '{"keyId":1}');
    expect([status, problem.rule]).toEqual([400, 'body_must_be_empty']);
  });
});

describe('a request', () => {
  it.each<[string, number, string, string, string, Record<string, string | null>]>([
    ['without a key', 401, 'key_must_be_given', 'GET', '/v1/me', { authorization: null }],
    ['with another scheme', 401, 'key_must_be_given', 'GET', '/v1/me', { authorization: 'Basic YTpi' }],
    ['with a key that is none', 401, 'key_must_be_known', 'GET', '/v1/me', { authorization: 'Bearer cx_none' }],
    ['by a role that may not', 403, 'caller_must_hold_a_role_of_the_method', 'POST', '/v1/clock/advance', {}],
    ['without an idempotency key', 400, 'idempotency_key_must_be_given', 'POST', '/v1/keys', { 'idempotency-key': null }],
    ['with an idempotency key of a space', 400, 'idempotency_key_must_be_plain', 'POST', '/v1/keys', { 'idempotency-key': 'a b' }],
    ['with a long idempotency key', 400, 'idempotency_key_must_be_plain', 'POST', '/v1/keys', { 'idempotency-key': 'x'.repeat(129) }],
    ['for nothing', 404, 'path_must_be_of_the_api', 'GET', '/v1/nothing', {}],
    ['by another method', 405, 'method_must_be_one_of_the_path', 'DELETE', '/v1/bids', {}],
    ['with a query that it does not take', 400, 'field_must_be_known', 'GET', '/v1/bids?colour=red', {}],
    ['with a query beside a body', 400, 'field_must_be_known', 'POST', '/v1/keys?name=x', {}],
    ['with a field twice where it is one', 400, 'value_must_be_of_its_type', 'GET', '/v1/bids?limit=1&limit=2', {}],
    ['with text for a number', 400, 'value_must_be_of_its_type', 'GET', '/v1/participants/one', {}],
    ['with half a percent sign', 400, 'path_must_be_well_formed', 'GET', '/v1/participants/%zz', {}],
    ['for a page too long', 400, 'number_must_be_in_range', 'GET', '/v1/bids?limit=1001', {}],
    ['with a cursor that is none', 400, 'cursor_must_come_from_a_list', 'GET', '/v1/keys?cursor=none', {}],
    ['with a cursor of another list', 400, 'cursor_must_come_from_a_list', 'GET', `/v1/keys?cursor=${btoa('["a"]')}`, {}],
    ['for what is another’s', 404, 'entity_must_exist', 'GET', '/v1/participants/1', {}],
  ])('%s', async (_name, status, rule, method, path, headers) => {
    const body = method === 'POST' ? '{"name":"never made"}' : undefined;
    const answer = await knock(method, path, body, { ...(body === undefined ? { 'content-type': null } : {}), ...headers });
    expect([answer.status, answer.problem.rule]).toEqual([status, rule]);
    if (status === 405) expect(answer.headers.get('allow')).toBe('POST, GET, HEAD');
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('by a role that may not learns what is for whom, by the name that it called', async () => {
    const { problem } = await knock('POST', '/v1/leases/1/confirm', '{}');
    expect(problem.detail).toMatch(/^ConfirmLease \(POST \/v1\/leases\/\{leaseId\}\/\w+\) is for provider/);
    expect(problem.detail).not.toContain('service');
  });

  it('that is no HTTP closes the connection', async () => {
    const { hostname, port } = new URL(cast.exchange.running.httpAddress!);
    const text = await new Promise<string>((resolve, reject) => {
      let read = '';
      const socket = connect(Number(port), hostname, () => socket.end('NONSENSE\r\n\r\n'));
      socket.on('data', (chunk) => (read += chunk.toString())).on('error', reject);
      socket.on('close', () => resolve(read));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('leaves nothing behind', async () => {
    const buyer = { participantId: cast.participants.buyer, roles: ['buyer'] as const };
    expect((await cast.exchange.call(IdentityDefinition, buyer).listKeys({})).keys.map(({ name }) => name)).toEqual(['test']);
    const { body } = await cast.exchange.http<{ bids: unknown[] }>('/v1/bids', { key: cast.keys.buyer });
    expect(body.bids).toEqual([]);
  });
});

it.each([
  ['[]', 'the body must be an object, is a list'],
  ['"text"', 'the body must be an object, is a string'],
])('a body of %s is told what a body must be', async (body, detail) => {
  expect((await knock('POST', '/v1/bids', body)).problem.detail).toBe(detail);
});

it.each(['-1', '1001'])('a list of %s rows is told how many there may be', async (limit) => {
  const { problem } = await knock('GET', `/v1/bids?limit=${limit}`, undefined, { 'content-type': null });
  expect(problem.detail).toBe('page.limit must be 1 to 1000');
});

it('a list of no rows', async () => {
  const { status, problem } = await knock('GET', '/v1/bids?limit=0', undefined, { 'content-type': null });
  expect([status, problem.rule, problem.detail]).toEqual([
    400,
    'limit_must_be_above_zero',
    'page.limit is 0: leave it out where there is none',
  ]);
});

it('more requests than the rate allows', async () => {
  await cast.exchange.stop();
  cast = await openCast({ requestsPerSecond: 5, requestBurst: 10 });
  const statuses = new Set<number>();
  for (let tries = 0; tries < 100 && !statuses.has(429); tries++) {
    const { status, headers } = await knock('GET', '/v1/me', undefined, { 'content-type': null });
    statuses.add(status);
    if (status === 429) expect(headers.get('retry-after')).toBe('1');
  }
  expect([...statuses].sort()).toEqual([200, 429]);
});
