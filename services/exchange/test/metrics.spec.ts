// Each promise of the exchange is measured: what breaks it moves its measure, and what mends it moves it back.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePorts } from '#platform';
import { Authority, Collector, type ReceivedPoint, testDatabase, type TestDatabase, testRedis, writePapers } from '#testing';
import { Api, type Json, Problem } from '../src/demo/client.js';
import { type ExchangeProcess, startExchange } from '../src/demo/exchange-process.js';
import { slotMs } from '../src/demo/orders.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';

const patienceMs = 30_000;

const redis = await testRedis();

let folder: string;
let database: TestDatabase;
let collector: Collector;
let exchange: ExchangeProcess;
let api: Api;
let buyer: string;
let authority: Authority;

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = await mkdtemp(join(tmpdir(), 'exchange-metrics-'));
  [database, collector] = await Promise.all([testDatabase(), Collector.start()]);
  const hot: Record<string, string> = redis ? { EXCHANGE_HOT_STATE: redis.url() } : {};
  const key = join(folder, 'national.pem');
  await writeFile(key, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
  // A national node that is never spoken to, since this platform has no key.
  const national = { EXCHANGE_NATIONAL_URL: 'http://127.0.0.1:9/', EXCHANGE_NATIONAL_KEY: key };
  authority = await Authority.make();
  await papers();
  await shown();
  const mesh = { EXCHANGE_MESH_CERTIFICATES: join(folder, 'mesh'), EXCHANGE_PARTNER_CERTIFICATES: join(folder, 'shown') };
  const settings = {
    ...collector.settings,
    ...hot,
    ...national,
    ...mesh,
    EXCHANGE_DATABASE_URL: database.url,
    EXCHANGE_LOG_LEVEL: 'fatal',
  };
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  exchange = await startExchange({ data: folder, httpPort, grpcPort, settings });
  api = new Api(exchange.address, 'metrics');
  buyer = await openSmallMarket(api, exchange.key!, 4, bid());
}, 240_000);

afterAll(async () => {
  await api.destroy();
  await exchange.stop();
  await collector.stop();
  await database.drop();
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});

const hourMs = 3_600_000;
const services = ['registry', 'monitoring', 'scheduler', 'settlement', 'voucher', 'interconnect', 'gateway'];

/** Rotates what the process shows the others. Papers of a test begin a day ago: one that ends in an hour has a twenty-fifth left. */
async function papers({
  certificateMs,
  listMs,
  by = authority,
}: { certificateMs?: number; listMs?: number; by?: Authority } = {}): Promise<void> {
  await writePapers(join(folder, 'mesh'), by, await by.issue(services, certificateMs), await by.revocations([], listMs));
}

/** The same for what partner platforms are shown. */
const shown = async (validMs?: number) => writePapers(join(folder, 'shown'), undefined, await authority.issue(['partners'], validMs));

function bid(): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units: 1, ...window, limitPrice: '2.50', timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

const order = () => api.post(buyer, '/v1/bids', bid());

/** A call made under a fault is refused by this name, and no other. */
async function isRefused(call: Promise<Json>, rule: string): Promise<void> {
  const answer = await call.catch((error: unknown) => error);
  expect(answer instanceof Problem ? answer.rule : answer).toBe(rule);
}

type Point = [name: string, attributes?: Record<string, unknown>];

/** As Prometheus has it, by OpenTelemetry's rules: dots and units in the name, a histogram as three. */
function prometheusNames({ name, unit, kind }: ReceivedPoint): string[] {
  const suffix = unit === 's' ? '_seconds' : unit === '1' && kind === 'gauge' ? '_ratio' : '';
  const base = `${name.replaceAll('.', '_')}${suffix}`;
  if (kind === 'histogram') return [`${base}_bucket`, `${base}_count`, `${base}_sum`];
  return [kind === 'sum' ? `${base}_total` : base];
}

/** Names of metrics, and of labels they are asked for by, in an expression. */
function namesIn(expression: string): { metrics: string[]; labels: string[] } {
  const bare = expression.replaceAll(/"[^"]*"/g, '""');
  const labels = [
    ...[...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside]) => [...inside!.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)]),
    ...[...bare.matchAll(/by \(([^)]*)\)/g)].flatMap(([, inside]) => [...inside!.matchAll(/(\w+)/g)]),
  ].map(([, name]) => name!);
  return {
    metrics: [...bare.matchAll(/\b(?:exchange|rpc|http|db|messaging)_\w+/g)].map(([name]) => name).filter((name) => !labels.includes(name)),
    labels,
  };
}

/** The sum over the points that have these attributes; undefined where there is none. */
function measured([name, attributes = {}]: Point): number | undefined {
  const points = collector
    .metric(name)
    .filter((point) => Object.entries(attributes).every(([key, value]) => point.attributes[key] === value));
  return points.length ? points.reduce((sum, { value }) => sum + value, 0) : undefined;
}

async function becomes(point: Point, is: (value: number) => boolean): Promise<number> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const value = measured(point);
    if (value !== undefined && is(value)) return value;
    if (Date.now() > deadline) throw new Error(`${JSON.stringify(point)} stays at ${value}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const zero = (value: number) => value === 0;
const some = (value: number) => value > 0;

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

/** Whether the alarm sounds, by Prometheus's own tool, where what was sent last stays so. */
async function sounds(alarm: string): Promise<boolean> {
  const rules = join(import.meta.dirname, '../../../deploy/prometheus/rules.yml');
  const input_series = collector.metrics().flatMap((point) => {
    const labels = Object.entries(point.attributes).map(([name, value]) => `${name.replaceAll('.', '_')}="${String(value)}"`);
    return prometheusNames(point).map((name) => ({
      series: `${name}{${['job="exchange"', ...labels].join(',')}}`,
      values: `${point.value}x40`,
    }));
  });
  const firing = `count(ALERTS{alertname="${alarm}",alertstate="firing"})`;
  const test = {
    interval: '30s',
    input_series,
    promql_expr_test: [{ expr: firing, eval_time: '20m', exp_samples: [{ labels: '{}', value: 1 }] }],
  };
  const file = join(folder, 'alarm.yml');
  await writeFile(file, stringify({ rule_files: [rules], evaluation_interval: '30s', tests: [test] }));
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
  if (status !== 0 && !/got:\s*(nil|\[\])/.test(stdout + stderr)) throw new Error(stdout + stderr);
  return status === 0;
}

interface Fault {
  /** What it breaks. */
  readonly promise: string;
  readonly measure: Point;
  /** What it is while all is well, and by the fault. */
  readonly well: (value: number) => boolean;
  readonly broken: (value: number) => boolean;
  readonly fault: () => Promise<unknown>;
  /** Undefined where it cannot be mended. */
  readonly mend?: () => Promise<unknown>;
  /** Which sound by it, and not while all is well; undefined where that is tried with the alarms alone. */
  readonly alarms?: readonly string[];
}

const sql = (text: string) => database.query(text);
const away = (table: string) => sql(`alter table ${table} rename to elsewhere`);
const back = (table: string) => sql(`alter table ${table.split('.')[0]}.elsewhere rename to ${table.split('.')[1]}`);
const moveClearing = (credit: string, debit: string, made: string) =>
  sql(`with posting as (
         insert into settlement.postings (posting, batch, first_sequence, transfers, made_at, digest, marks)
         select posting, batch, posting * 32768, 1, ${made}, '', ''
         from (select nextval('settlement.posting_numbers') as posting, nextval('settlement.batch_numbers') as batch) n returning posting, batch),
       made as (
         insert into settlement.transfers (transfer_id, batch, line, journal, kind, phase, debit, credit, amount, cause)
         select 'fault ${credit}', batch, 0, 'fault', 'fault', 'single', d.account_id, c.account_id, 5, 'fault'
         from posting, settlement.accounts d, settlement.accounts c where d.code = '${debit}' and c.code = '${credit}' returning debit, credit, amount),
       moved as (
         update settlement.accounts set debits_posted = debits_posted + case when account_id = debit then amount else 0 end,
           credits_posted = credits_posted + case when account_id = credit then amount else 0 end
         from made where account_id in (debit, credit) returning accounts.*)
       insert into settlement.entries (account_id, posting, debits_pending, debits_posted, credits_pending, credits_posted)
       select account_id, posting, debits_pending, debits_posted, credits_pending, credits_posted from moved, posting`);
const now = '(extract(epoch from now()) * 1000)::int8';
const oldestItem = '(select min(serial) from monitoring.national_items where kind = 1)';

/** Slow, and answered all the same. */
const waiting: Promise<Json>[] = [];

/** Of one paper, and of no other, so little is left that both alarms sound. */
const ending = (paper: string, fault: () => Promise<unknown>, left: number): Fault => ({
  promise: `what services know each other by still stands: ${paper}`,
  measure: ['exchange.mesh.paper.life_left', { 'exchange.paper': paper }],
  well: (value) => value > 0.9,
  broken: (value) => value < left && value > 0,
  fault,
  mend: () => papers(),
  alarms: ['MeshPaperEndsSoon', 'MeshPaperEnds'],
});

const faults: Fault[] = [
  {
    promise: 'what is put beside a certificate may be judged by',
    measure: ['exchange.mesh.paper.refused'],
    well: zero,
    broken: (value) => value === 1,
    fault: () => papers({ listMs: -hourMs }),
    mend: () => papers(),
    alarms: ['MeshPaperRefused'],
  },
  ending('certificate', () => papers({ certificateMs: hourMs }), 0.05),
  ending('revocation_list', () => papers({ listMs: hourMs }), 0.05),
  ending('authority', async () => papers({ by: await Authority.make(hourMs / 6) }), 0.01),
  {
    promise: 'partner platforms may be shown a certificate tomorrow',
    measure: ['exchange.partner.paper.life_left', { 'exchange.side': 'client' }],
    well: (value) => value > 0.9,
    broken: (value) => value < 0.05 && value > 0,
    fault: () => shown(hourMs),
    mend: () => shown(),
    alarms: ['PartnerPaperEndsSoon'],
  },
  {
    promise: 'what is put into that folder is taken',
    measure: ['exchange.partner.paper.refused', { 'exchange.side': 'client' }],
    well: zero,
    broken: (value) => value === 1,
    fault: () => shown(-hourMs),
    mend: () => shown(),
    alarms: ['PartnerPaperRefused'],
  },
  {
    promise: 'debits stand against credits',
    measure: ['exchange.ledger.imbalance'],
    well: zero,
    broken: (value) => value === 5,
    fault: () => sql(`update settlement.accounts set debits_posted = debits_posted + 5 where code = 'bank'`),
    mend: () => sql(`update settlement.accounts set debits_posted = debits_posted - 5 where code = 'bank'`),
  },
  {
    promise: 'a clearing account returns to zero',
    measure: ['exchange.ledger.clearing.age', { 'exchange.account': 'clearing/trade' }],
    well: zero,
    broken: (value) => value >= 3600 && value < 3700,
    fault: () => moveClearing('clearing/trade', 'bank', `${now} - 3600000`),
    mend: () => moveClearing('bank', 'clearing/trade', now),
  },
  {
    promise: 'events reach who listens',
    measure: ['exchange.bus.lag', { 'messaging.destination.name': 'scheduling', 'messaging.consumer.group.name': 'settlement' }],
    well: zero,
    broken: some,
    fault: () => away('settlement.inbox_cursor').then(order),
    mend: () => back('settlement.inbox_cursor'),
  },
  {
    promise: 'events leave for the bus',
    measure: ['exchange.outbox.length', { 'exchange.service': 'scheduler' }],
    well: zero,
    broken: some,
    fault: () => away('bus.log').then(order),
    mend: () => back('bus.log'),
  },
  {
    promise: 'events are handled',
    measure: ['exchange.bus.dead_letters', { 'exchange.service': 'settlement' }],
    well: zero,
    broken: some,
    fault: () =>
      sql(`with next as (update registry.outbox_source set sequence = sequence + 1 where source = 'registry' returning sequence)
           insert into registry.outbox (source, sequence, type, subject, time, traceparent, data)
           select 'registry', sequence, 'exchange.registry.v1.ParticipantChanged', 'participant/1', 1, '', '\\xff' from next`),
    mend: () => sql('update settlement.dead_letter set replayed_at = 1'),
  },
  {
    promise: 'the national node is told in time',
    measure: ['exchange.national.overdue.age'],
    well: zero,
    broken: (value) => value >= 3600 && value < 3700,
    fault: () => sql(`update monitoring.national_items set due_at = ${now} - 3600000 where serial = ${oldestItem}`),
    mend: () => sql(`update monitoring.national_items set due_at = ${now} + 3600000 where serial = ${oldestItem}`),
  },
  {
    promise: 'what the national node refuses is corrected',
    measure: ['exchange.national.refused', { 'exchange.national.kind': 'IDENTIFIER' }],
    well: zero,
    broken: (value) => value === 1,
    fault: () => sql(`update monitoring.national_items set state = 3 where serial = ${oldestItem}`),
    mend: () => sql('update monitoring.national_items set state = 1 where state = 3'),
  },
  {
    promise: 'the query tables follow the market',
    measure: ['exchange.market.projection.lag', { 'exchange.shard': 0 }],
    well: zero,
    broken: some,
    fault: () => away('scheduler.bid').then(order),
    mend: () => back('scheduler.bid'),
  },
  {
    promise: 'the market takes orders',
    measure: ['exchange.market.open', { 'exchange.shard': 0 }],
    well: (value) => value === 1,
    broken: zero,
    fault: () => away('scheduler.journal').then(() => isRefused(order(), 'command_must_be_journalled')),
    mend: () => back('scheduler.journal'),
  },
  {
    promise: 'every part is well',
    measure: ['exchange.health.check', { 'exchange.check': 'market' }],
    well: (value) => value === 1,
    broken: zero,
    fault: () => away('scheduler.journal').then(() => isRefused(order(), 'command_must_be_journalled')),
    mend: () => back('scheduler.journal'),
  },
  ...(redis?.own
    ? [
        {
          promise: 'processes hear of each other',
          measure: ['exchange.hot_state.reached'] satisfies Point,
          well: (value: number) => value === 1,
          broken: zero,
          fault: () => redis.own!.crash(),
          mend: () => redis.own!.run(),
        },
      ]
    : []),
  {
    promise: 'orders wait no longer than a write',
    measure: ['exchange.market.queue.length', { 'exchange.shard': 0 }],
    well: zero,
    broken: some,
    fault: async () => {
      waiting.length = 0;
      await sql(`create function public.slow() returns trigger language plpgsql as 'begin perform pg_sleep(3); return new; end'`);
      await sql('create trigger slow before insert on scheduler.journal execute function public.slow()');
      // One that is being written, then one that waits for it.
      waiting.push(order());
      while (!(await sql(`select 1 from pg_stat_activity where query like '%insert into journal%' and wait_event = 'PgSleep'`)).length);
      waiting.push(order());
    },
    mend: async () => {
      await Promise.all(waiting);
      await sql('drop trigger slow on scheduler.journal');
    },
  },
  {
    promise: 'calls are answered',
    measure: ['rpc.server.call.duration', { 'rpc.method': 'exchange.settlement.v1.Settlement/ListAccounts', 'error.type': 'INTERNAL' }],
    well: () => true,
    broken: some,
    fault: async () => {
      await away('settlement.accounts');
      await isRefused(api.get(buyer, '/v1/accounts'), 'exchange_must_not_fail');
      await back('settlement.accounts');
    },
  },
  {
    promise: 'what is acknowledged is never lost',
    measure: ['exchange.market.lost', { 'exchange.shard': 0 }],
    well: zero,
    broken: some,
    // As a replica that was behind has it.
    fault: () =>
      sql(`with lost as (delete from scheduler.journal where first_sequence = (select max(first_sequence) from scheduler.journal) returning *)
           update scheduler.journal_head set last_sequence = lost.first_sequence - 1, last_hash = lost.previous_hash from lost`),
  },
];

it.each([
  ['exchange.journal.append.duration', { 'exchange.shard': 0 }],
  ['exchange.journal.batch.size', { 'exchange.shard': 0 }],
  ['rpc.server.call.duration', { 'rpc.method': 'exchange.scheduling.v1.Scheduling/SubmitBid', 'rpc.response.status_code': 'OK' }],
  ['http.server.request.duration', { 'http.route': '/v1/bids', 'http.request.method': 'POST', 'http.response.status_code': 200 }],
] as Point[])('counts each: %s', async (...measure) => {
  const before = await becomes(measure, some);
  await order();
  await becomes(measure, (value) => value > before);
});

it.each(faults)('$promise: $measure.0', async ({ measure, well, broken, fault, mend, alarms = [] }) => {
  const sounding = async () => (hasPromtool ? Promise.all(alarms.map(sounds)) : []);
  const all = (is: boolean) => (hasPromtool ? alarms.map(() => is) : []);
  if (mend) await becomes(measure, well);
  expect(await sounding()).toEqual(all(false));
  await fault();
  await becomes(measure, broken);
  expect(await sounding()).toEqual(all(true));
  if (!mend) return;
  await mend();
  await becomes(measure, well);
});

it('has every metric and every label that alarms and dashboard ask for', async () => {
  const read = (path: string) => readFile(join(import.meta.dirname, '../../../deploy', path), 'utf8');
  const rules = parse(await read('prometheus/rules.yml')) as { groups: { rules: { expr: string }[] }[] };
  const { panels } = JSON.parse(await read('grafana/exchange.json')) as { panels: { targets?: { expr: string }[] }[] };
  const asked = [...rules.groups.flatMap((group) => group.rules), ...panels.flatMap(({ targets = [] }) => targets)].map(({ expr }) =>
    namesIn(expr),
  );
  const measures = asked.flatMap(({ metrics }) => metrics);
  expect(measures.length).toBeGreaterThan(30);
  const sent = collector.metrics();
  const known = new Set(sent.flatMap(prometheusNames));
  expect(measures.filter((name) => !known.has(name))).toEqual([]);
  // `job` and `le` are Prometheus's own.
  const labels = new Set([
    'job',
    'le',
    ...sent.flatMap(({ attributes }) => Object.keys(attributes)).map((name) => name.replaceAll('.', '_')),
  ]);
  expect(asked.flatMap((of) => of.labels).filter((name) => !labels.has(name))).toEqual([]);
});

it('has no attribute of many values', () => {
  const names = new Set(collector.metrics().flatMap(({ attributes }) => Object.keys(attributes)));
  expect(
    [...names].filter((name) =>
      /(\bid|key|participant|order|trade|lease|url\.(path|full|query)|client\.(address|port)|user_agent|peer)/.test(name),
    ),
  ).toEqual([]);
});
