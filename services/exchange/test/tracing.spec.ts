// One trace from a buyer's POST to all that comes of it, over two processes, as a collector receives it.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '#platform';
import { Authority, Collector, type ReceivedSpan, testDatabase, type TestDatabase, writePapers } from '#testing';
import { Api, type Json } from '../src/demo/client.js';
import { type ExchangeProcess, startExchange } from '../src/demo/exchange-process.js';
import { slotMs } from '../src/demo/orders.js';
import { participant } from '../src/demo/registering.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';

/** So that calls between services go both ways: over gRPC, and in process. */
const groups = ['registry,monitoring,settlement,voucher,interconnect', 'scheduler,gateway'] as const;
const [back, front] = groups;

let folder: string;
let database: TestDatabase;
let collector: Collector;
const running: ExchangeProcess[] = [];
let operator: string;
let buyer: string;
let provider: string;
let programmeId: number;

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = await mkdtemp(join(tmpdir(), 'exchange-tracing-'));
  [database, collector] = await Promise.all([testDatabase(), Collector.start()]);
  const authority = await Authority.make();
  const [httpPort, ...ports] = (await freePorts(groups.length + 1)) as [number, ...number[]];
  const peers = groups.flatMap((group, index) => group.split(',').map((service) => `${service}=127.0.0.1:${ports[index]}`)).join(';');
  for (const [index, group] of groups.entries()) {
    const settings = {
      ...collector.settings,
      EXCHANGE_SERVICES: group,
      EXCHANGE_DATABASE_URL: database.url,
      EXCHANGE_DATABASE_POOL: '6',
      EXCHANGE_LOG_LEVEL: 'debug',
      EXCHANGE_MESH_LISTEN: `127.0.0.1:${ports[index]}`,
      EXCHANGE_MESH_PEERS: peers,
      EXCHANGE_MESH_CERTIFICATES: await writePapers(join(folder, group), authority, await authority.issue(group.split(','))),
    };
    running.push(await startExchange({ data: folder, httpPort, grpcPort: 0, settings }));
  }
  operator = running.at(-1)!.key!;
  const api = new Api(running.at(-1)!.address, 'tracing');
  buyer = await openSmallMarket(api, operator, 2, bid());
  programmeId = await openProgramme(api);
  const { participants } = await api.get(operator, '/v1/participants');
  const { participantId } = (participants as Json[]).find(({ details }) => (details as Json).name === 'provider')!;
  provider = String((await api.post(operator, '/v1/keys', { participantId, roles: ['PROVIDER'], name: 'confirms' })).secret);
  await api.close();
}, 240_000);

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await collector.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function bid(more: Json = {}): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units: 1, ...window, limitPrice: '2.50', timeInForce: 'GTC', placement: 'ANYWHERE' }, ...more };
}

/** A fifth of what buyers of the city pay. */
async function openProgramme(api: Api): Promise<number> {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const details = { name: 'city', roles: ['AUTHORITY'], region: 500000, industry: 'S', size: 'LARGE' };
  const first = await participant(api, operator, details);
  const officer = async (name: string) =>
    String((await api.post(operator, '/v1/keys', { participantId: first.id, roles: ['AUTHORITY'], name })).secret);
  const terms = {
    ...{ name: 'voucher', budget: '1000', firstDay: day(-1), lastDay: day(30), kind: 'GUARANTEE' },
    ...{ eligibility: { regions: [500000] }, coverage: { classes: ['INTELLIGENT'] } },
    tiers: [{ rateBp: 2000, capPerBill: '100', capPerFirmYear: '100' }],
  };
  const { programmeId: id } = await api.post(first.key, '/v1/programmes', { terms });
  await api.post(first.key, `/v1/programmes/${Number(id)}/submit`, {});
  await api.post(await officer('second'), `/v1/programmes/${Number(id)}/approve`, {});
  await api.post(await officer('third'), `/v1/programmes/${Number(id)}/approve`, {});
  return Number(id);
}

/** Answers of the HTTP API, each call a part of a trace that the test began. */
async function call(
  traceId: string,
  key: string,
  path: string,
  body?: Json,
  flags = '01',
): Promise<{ status: number; body: Json; spanId: string }> {
  const spanId = randomBytes(8).toString('hex');
  const answer = await fetch(`${running.at(-1)!.address}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': traceId,
      traceparent: `00-${traceId}-${spanId}-${flags}`,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Json, spanId };
}

const newTrace = (): string => randomBytes(16).toString('hex');

async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  for (const deadline = Date.now() + 20_000; ;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not seen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const spansOf = (traceId: string): ReceivedSpan[] => collector.spans.filter((span) => span.traceId === traceId);
const parentOf = (span: ReceivedSpan): ReceivedSpan | undefined => collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
/** Names from the first span of the trace that an exchange made. */
const pathOf = (span: ReceivedSpan): string[] => [...(parentOf(span) ? pathOf(parentOf(span)!) : []), span.name];

const rpc = (contract: string, method: string) => `grpc.exchange.${contract}/${method}`;
const rpcAttributes = (contract: string, method: string) => ({
  'rpc.system': 'grpc',
  'rpc.service': `exchange.${contract}`,
  'rpc.method': method,
  'rpc.grpc.status_code': 0,
});
const post = 'POST /v1/bids';
const submit = [post, rpc('scheduling.v1.Scheduling', 'SubmitBid')];
const reserve = [...submit, rpc('voucher.v1.Voucher', 'ReserveSubsidy')];
const journalled = [...submit, 'journal commands'];
const told = [...journalled, 'create scheduling'];
const scheduling = { 'messaging.system': 'exchange', 'messaging.destination.name': 'scheduling' };
const tradeMade = { ...scheduling, 'messaging.operation.type': 'process', 'exchange.event.type': 'exchange.scheduling.v1.TradeMade' };

/** What a bid under a voucher does until its money is held. */
const expected: [kind: ReceivedSpan['kind'], service: string, path: string[], attributes: Json][] = [
  [
    'SERVER',
    front,
    [post],
    { 'http.request.method': 'POST', 'http.route': '/v1/bids', 'http.response.status_code': 200, 'url.path': '/v1/bids' },
  ],
  ['SERVER', front, [post, rpc('identity.v1.Identity', 'Authenticate')], rpcAttributes('identity.v1.Identity', 'Authenticate')],
  ['SERVER', front, submit, rpcAttributes('scheduling.v1.Scheduling', 'SubmitBid')],
  ['CLIENT', front, reserve, rpcAttributes('voucher.v1.Voucher', 'ReserveSubsidy')],
  ['SERVER', back, [...reserve, reserve.at(-1)!], rpcAttributes('voucher.v1.Voucher', 'ReserveSubsidy')],
  [
    'SERVER',
    back,
    [...reserve, reserve.at(-1)!, rpc('settlement.v1.Ledger', 'ReserveSubsidy')],
    rpcAttributes('settlement.v1.Ledger', 'ReserveSubsidy'),
  ],
  ['INTERNAL', front, journalled, { 'exchange.shard': 0, 'exchange.commands': 1 }],
  ['PRODUCER', front, told, { ...scheduling, 'messaging.operation.type': 'create' }],
  ['CONSUMER', back, [...told, 'process scheduling'], { ...tradeMade, 'messaging.consumer.group.name': 'settlement' }],
  ['CONSUMER', back, [...told, 'process scheduling'], { ...tradeMade, 'messaging.consumer.group.name': 'voucher' }],
];

describe('a bid under a voucher', () => {
  const traceId = newTrace();
  let spanId: string;
  const find = ([kind, service, path, attributes]: (typeof expected)[number]): ReceivedSpan | undefined =>
    spansOf(traceId).find(
      (span) =>
        span.kind === kind &&
        span.service === service &&
        Object.entries(attributes).every(([name, value]) => span.attributes[name] === value) &&
        pathOf(span).join() === path.join(),
    );

  beforeAll(async () => {
    const answer = await call(traceId, buyer, '/v1/bids', bid({ programmeId }));
    expect(answer).toMatchObject({ status: 200, body: { state: 'FILLED' } });
    spanId = answer.spanId;
  });

  it.each(expected)('makes a span of kind %s in %s: %j', async (...span) => {
    expect(await until(JSON.stringify(spansOf(traceId).map(pathOf), null, 1), () => find(span))).toMatchObject({ isError: false });
  });

  it('is a part of the trace that the caller began, and the only root is his', async () => {
    await until('the POST', () => find(expected[0]!));
    expect(
      spansOf(traceId)
        .filter((span) => !parentOf(span))
        .map((span) => [span.name, span.parentSpanId]),
    ).toEqual([[post, spanId]]);
  });

  it('is linked to the one write and the one request that others share with it', async () => {
    const journal = await until('journal', () => find(expected[6]!));
    const created = await until('create', () => find(expected[7]!));
    const append = await until('append', () =>
      collector.spans.find(({ name, links }) => name === 'append to journal' && links.includes(journal.spanId)),
    );
    const send = await until('send', () =>
      collector.spans.find(({ name, links }) => name === 'send scheduling' && links.includes(created.spanId)),
    );
    expect(journal.links).toEqual([append.spanId]);
    for (const batch of [append, send]) expect(batch.parentSpanId).toBe('');
    const insert = await until('insert', () =>
      collector.spans.find(({ parentSpanId, name }) => parentSpanId === append.spanId && name.startsWith('WITH')),
    );
    expect(insert.attributes['db.query.text']).toMatch(/insert into journal/);
  });

  it('says of each statement which it is, and nothing of what it was given', async () => {
    await until('the hold', () => find(expected[8]!));
    const statements = spansOf(traceId).filter(({ attributes }) => 'db.query.text' in attributes);
    expect(statements.length).toBeGreaterThan(20);
    for (const { kind, name, attributes } of statements) {
      expect({ kind, name }).toEqual({ kind: 'CLIENT', name: expect.stringMatching(/^[A-Z]+ t[0-9a-f]+$/) as unknown });
      expect(attributes).toMatchObject({ 'db.system.name': 'postgresql', 'server.port': expect.any(Number) as unknown });
      expect(Object.keys(attributes).filter((key) => /values|param/.test(key))).toEqual([]);
    }
  });
});

it('records nothing of a call whose caller does not', async () => {
  const [unrecorded, recorded] = [newTrace(), newTrace()];
  expect(await call(unrecorded, buyer, '/v1/bids', bid(), '00')).toMatchObject({ status: 200 });
  expect(await call(recorded, buyer, '/v1/bids', bid())).toMatchObject({ status: 200 });
  // Events keep their order: what comes of the second is told after what comes of the first.
  await until('the second hold', () => spansOf(recorded).find(({ name }) => name === 'process scheduling'));
  expect(spansOf(unrecorded)).toEqual([]);
});

it('writes the trace’s id beside what failed in it', async () => {
  const traceId = newTrace();
  await database.query('alter table settlement.accounts rename to elsewhere');
  const { status } = await call(traceId, buyer, '/v1/accounts');
  await database.query('alter table settlement.elsewhere rename to accounts');
  expect(status).toBe(500);
  const line = await until('the line', () =>
    running[0]!
      .output()
      .split('\n')
      .find((text) => text.includes('a call failed')),
  );
  const span = await until('the span', () =>
    spansOf(traceId).find(({ kind, service, name }) => kind === 'SERVER' && service === back && name.includes('ListAccounts')),
  );
  expect(JSON.parse(line)).toMatchObject({ trace_id: traceId, span_id: span.spanId });
  expect(span).toMatchObject({ isError: true, attributes: { 'rpc.grpc.status_code': 13 } });
});

it('tells secrets neither to the log nor to the collector', async () => {
  const sealedSecret = Buffer.from(`sealed ${newTrace()}`).toString('base64');
  const confirmed = newTrace();
  await call(confirmed, provider, '/v1/leases/2/confirm', { endpoint: 'ssh://[::1]:22', sealedSecret });
  await until('the confirmation', () => spansOf(confirmed).find(({ name }) => name === rpc('scheduling.v1.Scheduling', 'ConfirmLease')));
  const forged = newTrace();
  expect(await call(forged, `${buyer}x`, '/v1/accounts')).toMatchObject({ status: 401 });
  await until('the refusal', () => spansOf(forged).find(({ kind }) => kind === 'SERVER'));
  const lines = running.flatMap((one) => one.output().split('\n')).filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(5);
  for (const secret of [operator, buyer, sealedSecret, new URL(database.url).password])
    for (const [where, text] of Object.entries({ log: lines.join('\n'), collector: collector.text }))
      expect([where, text.includes(secret)]).toEqual([where, false]);
});

it('is refused at the start where the collector is no URL', () => {
  const start = join(import.meta.dirname, '../../../dist/libs/platform/src/telemetry-start.js');
  const ended = spawnSync(process.execPath, ['--import', start, '--eval', ''], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
  });
  expect({ status: ended.status, stderr: ended.stderr }).toEqual({
    status: 1,
    stderr: 'OTEL_EXPORTER_OTLP_ENDPOINT: setting_must_be_a_url: http://collector:4318\n',
  });
});
