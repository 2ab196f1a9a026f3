// Streams over HTTP: events with resume, files, and bodies of many lines.
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { jest } from '@jest/globals';
import { MarketDefinition, RegistryDefinition } from '#contracts';
import { listen as listenAt } from '#testing';
import { openCast } from './cast.js';
import type { Cast } from './cast.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.exchange.stop());

const events = '/v1/market/events';
const setBook = (model: string, referencePrice: number) =>
  cast.exchange.call(MarketDefinition).setBook({ book: { computeClass: 2, model, unit: 1, tier: 1 }, referencePrice, collarBp: 1000 });

/** Opens a stream of events. */
const listen = (path: string, headers: Record<string, string> = {}, key = cast.keys.buyer) =>
  listenAt(`${cast.exchange.running.httpAddress}${path}`, key, headers);

describe('server-sent events', () => {
  it('come live, and go on where the reader was', async () => {
    await setBook('A100', 1_000_000);
    const first = await listen(events);
    expect(first.answer.headers.get('content-type')).toBe('text/event-stream');
    const [a] = await first.read(1);
    await setBook('A100', 1_100_000);
    const [b] = await first.read(1);
    first.stop();
    expect(Number(b!.id)).toBeGreaterThan(Number(a!.id));
    expect(JSON.parse(b!.data)).toMatchObject({ sequence: Number(b!.id), book: { book: { model: 'A100' }, referencePrice: '1.1' } });
    await setBook('A100', 1_200_000);
    for (const again of [await listen(events, { 'last-event-id': a!.id! }), await listen(`${events}?after=${a!.id}`)]) {
      const [next, last] = await again.read(2);
      again.stop();
      expect(next).toEqual(b);
      expect(JSON.parse(last!.data)).toMatchObject({ book: { referencePrice: '1.2' } });
    }
  });

  it.each([
    ['a place that is none', `${events}?after=here`, {}, 400, 'value_must_be_of_its_type'],
    ['a last event that is none', events, { 'last-event-id': 'here' }, 400, 'value_must_be_of_its_type'],
    ['a place before the first', `${events}?after=-1`, {}, 400, 'number_must_be_in_range'],
    ['no key', events, { authorization: '' }, 401, 'key_must_be_given'],
  ])('are refused as a problem: %s', async (_name, path, headers, status, rule) => {
    const { answer, stop } = await listen(path, headers);
    stop();
    expect(answer.status).toBe(status);
    const again = await cast.exchange.http<{ rule: string }>(path, { key: cast.keys.buyer, headers });
    if (status !== 401) expect(again.body.rule).toBe(rule);
  });

  it('end when the exchange stops, and go on with the next', async () => {
    await setBook('H800', 1_000_000);
    const before = await listen(events);
    const [first] = await before.read(1);
    const ended = before.rest();
    await cast.exchange.restart();
    await ended;
    await setBook('H800', 2_000_000);
    const after = await listen(events, { 'last-event-id': first!.id! });
    const read = await after.read(4);
    after.stop();
    expect(JSON.parse(read.at(-1)!.data)).toMatchObject({ book: { book: { model: 'H800' } } });
  });
});

describe('a stream ends with its key', () => {
  // Streams that are not told would ask at an interval; here it never comes round.
  beforeAll(() => void jest.spyOn(globalThis, 'setInterval').mockImplementation(() => setTimeout(() => undefined, 1 << 30).unref()));
  afterAll(() => jest.restoreAllMocks());

  const buyerKey = () => cast.exchange.key({ participantId: cast.participants.buyer, roles: ['buyer'] });
  const revoke = async (key: string) => {
    const { body } = await cast.exchange.http<{ keyId: number }>('/v1/me', { key });
    await cast.exchange.http(`/v1/keys/${body.keyId}`, { method: 'DELETE', key: cast.keys.buyer });
  };

  it('over HTTP, by an event that names why', async () => {
    const key = await buyerKey();
    const stream = await listen(events, {}, key);
    await revoke(key);
    const problem = (await stream.rest()).at(-1)!;
    expect([problem.event, JSON.parse(problem.data)]).toEqual(['problem', expect.objectContaining({ rule: 'key_must_not_be_revoked' })]);
  }, 20_000);

  it('over gRPC, by a status that names why', async () => {
    const key = await buyerKey();
    await setBook('V100', 1_000_000);
    const read = async () => {
      let revoked: Promise<void> | undefined;
      for await (const { sequence } of cast.exchange.grpc(MarketDefinition, key).watchMarket({})) {
        expect(sequence).toBeGreaterThan(0);
        await (revoked ??= revoke(key));
      }
    };
    await expect(read()).rejects.toThrow('key_must_not_be_revoked');
  }, 20_000);
});

describe('a body of many lines', () => {
  let path: string;
  let poolId: number;

  beforeAll(async () => {
    const provider = cast.exchange.call(RegistryDefinition, { participantId: cast.participants.provider, roles: ['provider'] });
    const site = { name: 'Shuitu', region: 500_000, zone: 1, securityGrade: 3, standardRacks: 9_000, pueMilli: 1_250 };
    const { siteId } = await provider.registerSite({ details: site });
    const pool = { siteId, computeClass: 2, model: 'A100', unit: 1, unitsPerNode: 8, memoryGibPerUnit: 80, interconnect: 4 };
    ({ poolId } = await provider.registerPool({ details: { ...pool, tflopsFp16Milli: 312_000 } }));
    path = `/v1/pools/${poolId}/nodes`;
  });

  const open = () =>
    httpRequest(`${cast.exchange.running.httpAddress}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${cast.keys.provider}`,
        'content-type': 'application/x-ndjson',
        'idempotency-key': crypto.randomUUID(),
      },
    });
  const nodes = async () =>
    (await cast.exchange.http<{ nodes?: unknown[] }>(`${path}?limit=1`, { key: cast.keys.provider })).body.nodes ?? [];

  it('changes nothing where its sender goes away', async () => {
    const sent = open();
    const closed = new Promise((resolve) => sent.on('error', () => undefined).once('close', resolve));
    sent.write('{"serial":"half-1"}\n{"serial":"half-2"}\n');
    await once(sent, 'socket');
    await new Promise((resolve) => sent.write('{"serial":"half-3"}\n', resolve));
    sent.destroy();
    await closed;
    await cast.exchange.advance();
    expect(await nodes()).toEqual([]);
  });

  it('of 10,000 nodes is taken as it comes', async () => {
    const sent = open();
    const answered = once(sent, 'response');
    for (let from = 0; from < 10_000; from += 100) {
      const lines = Array.from({ length: 100 }, (_, at) => `${JSON.stringify({ serial: `n${from + at}` })}\n`);
      if (!sent.write(lines.join(''))) await once(sent, 'drain');
    }
    sent.end();
    const [answer] = (await answered) as [NodeJS.ReadableStream & { statusCode: number }];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    expect([answer.statusCode, JSON.parse(text)]).toEqual([200, expect.objectContaining({ poolId, registered: 10_000 })]);
  });

  it('that is refused early leaves its connection to the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (method: string, at: string, body: string) => {
      const headers = { authorization: `Bearer ${cast.keys.provider}`, 'idempotency-key': crypto.randomUUID() };
      const type = body ? { 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) } : {};
      const sent = httpRequest(`${cast.exchange.running.httpAddress}${at}`, { agent, method, headers: { ...headers, ...type } });
      sent.end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      for await (const _chunk of answer);
      return answer.statusCode;
    };
    try {
      expect(await ask('POST', path, `nonsense\n${'{"serial":"late"}\n'.repeat(120_000)}`)).toBe(400);
      expect(await ask('GET', '/v1/me', '')).toBe(200);
    } finally {
      agent.destroy();
    }
  });

  it('names the line that breaks a rule', async () => {
    const sent = open();
    sent.end('{"serial":"ok"}\n{"serial":""}\n');
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    expect([answer.statusCode, JSON.parse(text)]).toEqual([
      400,
      expect.objectContaining({ field: '[1].serial', rule: 'field_must_be_given' }),
    ]);
  });
});

it('a file is sent with its kind and name', async () => {
  const answer = await cast.exchange.http<string>('/v1/resource-list.csv', { key: cast.keys.buyer });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="resource-list.csv"');
});
