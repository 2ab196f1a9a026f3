// How soon a region's sites and pools are told to the national node: one process of registry and monitoring, and the reference receiver on the same machine.
import { startedWithUs, startEmbeddedPostgres, temporaryFolder } from '#platform';
import { slotAt, slotsPerHour } from '#domain';
import { Region } from '../test/national.js';

const sites = Number(process.env.SITES ?? 200);
const poolsOfSite = Number(process.env.POOLS ?? 20);
const hours = Number(process.env.HOURS ?? 5);
const hourMs = 3_600_000;

const tenth = (value: number) => Math.round(value * 10) / 10;
const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

interface Measured {
  /** Of each site with its pools: a provider's, registered, reported, acknowledged. */
  readonly reportedS: readonly number[];
  /** Of each hour of all sites. */
  readonly hourS: readonly number[];
}

async function measure(region: Region, progress: (text: string) => void): Promise<Measured> {
  const { exchange, nation } = region;
  const provider = await region.provider();
  await exchange.advance();
  const reportedS: number[] = [];
  for (let nth = 0; nth < sites; nth += 1) {
    const { id } = await region.site(provider);
    for (let pool = 0; pool < poolsOfSite; pool += 1) await region.pool(id);
    reportedS.push(await timed(() => exchange.advance()));
    if (nth % 20 === 19) progress(`${nth + 1} sites are registered; the last was reported in ${tenth(reportedS.at(-1)! * 1_000)} ms`);
  }
  const hourS: number[] = [];
  for (let nth = 0; nth <= hours; nth += 1) {
    const from = slotAt(exchange.now());
    await region.sql(
      `insert into monitoring.pool_rollups select pool_id, slot, 0, 2, 16, 12000, 6000
       from monitoring.pools cross join generate_series(${from}, ${from + slotsPerHour - 1}) as slot`,
    );
    const before = (await nation.state()).receipts;
    const took = await timed(() => exchange.advance(hourMs));
    const receipts = (await nation.state()).receipts - before;
    progress(`hour ${nth}: ${receipts} items in ${tenth(took)} s`);
    // The hour of the beginning has not begun whole.
    if (receipts > 0) hourS.push(took);
    if (receipts > 0 && receipts < sites) throw new Error(`hour_must_be_reported: ${receipts} receipts of ${sites} sites`);
  }
  return { reportedS, hourS };
}

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const [folder] = temporaryFolder('exchange-national-bench-');
  const [server] = await startedWithUs(
    () => startEmbeddedPostgres({ folder, settings: { max_connections: '200' } }),
    (started) => started.stop(),
  );
  const { host, port, user, password, database } = server.address;
  process.env.TEST_DATABASE_URL = `postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
  const [region] = await startedWithUs(
    () => Region.open(),
    (opened) => opened.stop(),
  );
  const { reportedS, hourS } = await measure(region, progress);
  const whole = `${sites} sites of ${poolsOfSite} pools, two nodes each; registry, monitoring and the reference receiver on one machine, PostgreSQL with fsync on`;
  const ofReport = poolsOfSite + 1;
  return [
    {
      metric: 'subjects_per_second',
      value: tenth(ofReport / median(reportedS.slice(-20))),
      unit: '1/s',
      method: `a new site and its pools, from their events to the last acknowledgement, median of the last 20 sites; each a registration and a resource; ${whole}`,
    },
    {
      metric: 'hour_p50_s',
      value: tenth(median(hourS)),
      unit: 's',
      method: `an hour of all sites, with all else that is due in it, until nothing waits, median of ${hourS.length}; ${whole}`,
    },
    {
      metric: 'pool_hours_per_second',
      value: Math.round((sites * poolsOfSite) / median(hourS)),
      unit: '1/s',
      method: 'pools of an hour by the time that it takes',
    },
  ];
}
