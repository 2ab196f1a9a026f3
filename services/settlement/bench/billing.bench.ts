// Usage records rated a second through the service's own path, and a month of leases billed by one process, each bill then computed anew from its records.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { LeaseChanged, LeaseMeasured, ParticipantChanged, SettlementDefinition, TradeMade } from '#contracts';
import type { ReportUsageResponse, UsageReport } from '#contracts';
import {
  auditServices,
  databaseAddress,
  endedWithUs,
  RpcTable,
  type Running,
  startedWithUs,
  startEmbeddedPostgres,
  temporaryFolder,
} from '#platform';
import type { DatabaseAddress } from '#platform';
import { billsAudit } from '../src/audit/bills/bills-audit.js';
import { Rater } from '../src/rater.js';
import { copyLeases } from './billing-copies.js';
import { clockStart, firstBuyer, type Lease, Leases, month } from './billing-leases.js';
import { callBy, Monitoring, Registry, Scheduler, startMarket } from './billing-service.js';

const leases = Number(process.env.LEASES ?? 1_000_000);
/** Leases that the service rates itself; the month is made of copies of these. */
const rated = Math.min(leases, Number(process.env.RATED ?? 50_000));
const copies = Math.round(leases / rated);
const buyers = Math.max(1, Math.round(Number(process.env.BUYERS ?? 10_000) / copies));
const recordsOfCall = Number(process.env.RECORDS ?? 2_000);
const callers = 4;
const eventsOfTransaction = 500;

type Progress = (text: string) => void;
const chunked = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, nth) => all.slice(nth * size, (nth + 1) * size));
const secondsSince = (began: number): number => (performance.now() - began) / 1_000;
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** The service, and rows in a table of it. */
interface Market {
  readonly running: Running;
  readonly count: (table: string) => Promise<number>;
}

/** Many at once, but some: as clients side by side are. */
async function sideBySide<T>(work: readonly T[], many: number, doOne: (one: T) => Promise<void>): Promise<void> {
  const left = [...work];
  await Promise.all(
    Array.from({ length: many }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await doOne(next);
    }),
  );
}

/** Money for all that they buy. */
async function fund({ running, count }: Market): Promise<void> {
  const ids = Array.from({ length: buyers * copies }, (_, at) => firstBuyer + at);
  const participants = ids.map((participantId) => ParticipantChanged.create({ participantId }));
  for (const some of chunked(participants, eventsOfTransaction)) await running.get<Registry>(Registry).tell(ParticipantChanged, some);
  await until(() => count('participants'), ids.length);
  const deposit = running.get<RpcTable>(RpcTable).handler(SettlementDefinition, 'recordDeposit');
  await sideBySide(ids, 8, async (participantId) => {
    await deposit({ participantId, amount: 10n ** 13n, bankReference: `B${participantId}` }, callBy(1, 'operator'));
  });
}

/** The service has handled what it was told. */
async function until(done: () => Promise<number>, all: number): Promise<void> {
  while ((await done()) < all) await sleep(100);
}

async function hold({ running, count }: Market, all: readonly Lease[]): Promise<void> {
  const scheduler = running.get<Scheduler>(Scheduler);
  for (const some of chunked(all, eventsOfTransaction))
    await scheduler.tell(
      TradeMade,
      some.map(({ made }) => made),
    );
  await until(() => count('leases'), all.length);
}

/** Calls of providers, some side by side. @returns records that were new */
async function report({ running }: Market, all: readonly Lease[]): Promise<number> {
  const handler = running.get<RpcTable>(RpcTable).handler(SettlementDefinition, 'reportUsage');
  const byProvider = Map.groupBy(all, ({ made }) => made.deliveredById || made.providerId);
  const calls = [...byProvider].flatMap(([providerId, of]) =>
    chunked(
      of.flatMap(({ usage }) => usage),
      recordsOfCall,
    ).map((records): [number, UsageReport[]] => [providerId, records]),
  );
  let recorded = 0;
  await sideBySide(calls, callers, async ([providerId, records]) => {
    const answer = (await handler({ records }, callBy(providerId, 'provider'))) as ReportUsageResponse;
    recorded += answer.recorded;
  });
  return recorded;
}

/** How leases ended and what they got, told by the bus. */
async function end({ running, count }: Market, all: readonly Lease[]): Promise<void> {
  const [scheduler, monitoring] = [running.get<Scheduler>(Scheduler), running.get<Monitoring>(Monitoring)];
  for (const some of chunked(all, eventsOfTransaction)) {
    const ends = some.map(({ changed }) => changed);
    const measures = some.map(({ measured }) => measured);
    await Promise.all([scheduler.tell(LeaseChanged, ends), monitoring.tell(LeaseMeasured, measures)]);
  }
  await until(async () => Math.min(await count('lease_ends'), await count('measurements')), all.length);
}

/** @returns records, and the seconds of each part */
async function rate(market: Market, all: readonly Lease[]): Promise<{ records: number; reported: number; rated: number }> {
  const began = performance.now();
  const [records] = await Promise.all([report(market, all), end(market, all)]);
  const reported = secondsSince(began);
  await market.running.get<Rater>(Rater).rateDue(clockStart);
  const seconds = secondsSince(began);
  if ((await market.count('ratings')) !== all.length) throw new Error('leases_must_all_be_rated');
  return { records, reported, rated: seconds - reported };
}

interface Closed {
  readonly seconds: number;
  readonly bills: number;
  readonly rssMib: number;
  readonly rssBeforeMib: number;
}

async function closeMonth(databaseUrl: string): Promise<Closed> {
  const program = fileURLToPath(new URL('./billing-month.js', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program, databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  endedWithUs(() => (child.kill(), closed));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await closed;
  if (code !== 0) throw new Error(`month_must_close: the process ended with ${String(code)}`);
  return JSON.parse(said) as Closed;
}

/** @returns differences, and what was compared */
async function recompute(owner: DatabaseAddress, progress: Progress) {
  const began = performance.now();
  const settlement = { name: 'settlement', audits: [billsAudit] };
  const known = { keys: [], roots: [] };
  const { findings, counts } = await auditServices(
    owner,
    [settlement],
    known,
    ({ table, row, stored, computed }) => progress(`${table} ${row}: ${stored} instead of ${computed}`),
    progress,
  );
  return { findings, counts, seconds: secondsSince(began) };
}

/** @param progress is told what runs */
export async function run(progress: Progress) {
  const [folder] = temporaryFolder('exchange-billing-');
  const [server] = await startedWithUs(
    () => startEmbeddedPostgres({ folder }),
    (started) => started.stop(),
  );
  const { host, user, password, database } = server.address;
  const databaseUrl = `postgresql://${user}:${password}@${encodeURIComponent(host)}:${server.address.port}/${database}`;
  const look = new pg.Client({ connectionString: databaseUrl });
  await look.connect();
  const count = async (table: string): Promise<number> =>
    Number((await look.query<{ rows: string }>(`SELECT count(*) AS rows FROM settlement.${table}`)).rows[0]!.rows);
  const [running, end] = await startedWithUs(
    () => startMarket(databaseUrl),
    (started) => started.stop(),
  );
  const market = { running, count };
  const made = new Leases(buyers);
  const all = Array.from({ length: rated }, (_, at) => made.next(at + 1));
  progress(`${buyers * copies} buyers are funded, ${rated} leases held`);
  await fund(market);
  await hold(market, all);
  progress('usage is reported, leases end, are measured and rated');
  const took = await rate(market, all);
  progress(`${took.records} records: in ${rounded(took.reported)} s with their leases' ends, rated in ${rounded(took.rated)} s`);
  await end();
  await look.end();
  await copyLeases(databaseUrl, { leases: rated, buyers, copies }, progress);
  progress(`${month} is closed`);
  const closed = await closeMonth(databaseUrl);
  progress(`${closed.bills} bills in ${rounded(closed.seconds)} s, at most ${closed.rssMib} MiB; each is computed anew`);
  const { findings, counts, seconds } = await recompute(databaseAddress(databaseUrl), progress);
  const isWhole = counts.bills === closed.bills && counts.leases === rated * copies;
  return [
    {
      metric: 'usage_records_rated_per_second',
      value: Math.round(took.records / (took.reported + took.rated)),
      unit: '1/s',
      method: `${took.records} hourly records of every other of ${rated} leases, reported by ${callers} callers side by side, ${recordsOfCall} a call, through the method's whole pipeline but the network, while the leases' ends and measures are told by the bus (${rounded(took.reported)} s); then all leases rated by the service's job, posted in the ledger, earned and told (${rounded(took.rated)} s, ${Math.round(rated / took.rated)} leases a second); fsync on; sealing, which runs behind, not counted`,
    },
    {
      metric: 'seconds',
      value: rounded(closed.seconds),
      unit: 's',
      method: `closeBillingPeriod of a month of ${rated * copies} leases with ${counts.lines} lines for ${closed.bills} buyers by Zipf's law, bills, rounding in the ledger and BillIssued included, fsync on; ${rated} of the leases are as the service wrote them in the metric before, the others copies of those rows under other numbers for other buyers, without their transfers in the ledger, which billing does not read; no vouchers`,
    },
    {
      metric: 'rss_mib',
      value: closed.rssMib,
      unit: 'MiB',
      method: `peak of the process that closes the month, settlement alone in it; ${closed.rssBeforeMib} before the call; PostgreSQL is another process`,
    },
    {
      metric: 'recomputed_equal',
      value: findings === 0 && isWhole ? 1 : 0,
      unit: 'bool',
      method: `npm run audit's recount: ${counts.bills} bills, ${counts.lines} lines, ${counts.leases} leases, ${counts.statements} statements from their records, to the fen; ${findings} differences; ${rounded(seconds)} s`,
    },
  ];
}
