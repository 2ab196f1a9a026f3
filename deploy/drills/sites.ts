// Two sites (docs/operations.md): the first works, the second's PostgreSQL follows it. The first goes at once, exchange and database, and the runbook's steps
// bring the second to work under the name that clients know.
import { appendFile, chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type ExchangeProcess, startExchange } from '#demo';
import { backUp, embeddedPlace, type End, endedWithUs, freePorts, startedWithUs, startEmbeddedPostgres, temporaryFolder } from '#platform';
import { Look } from '#testing';
import { type Acknowledged, Load } from './load.js';
import { openMarket } from './market.js';
import type { Scene } from './observe.js';
import { more, patienceMs, recovered, type Row, rowOf, settled } from './run.js';

export interface SiteDrill {
  readonly name: string;
  /** An answer waits until the second site has it too. */
  readonly isSynchronous: boolean;
}

export const siteDrills: readonly SiteDrill[] = [
  { name: 'two-sites-synchronous', isSynchronous: true },
  { name: 'two-sites-asynchronous', isSynchronous: false },
];

/** Orders before, while the asynchronous copy lags, and after. */
const [before, during, after] = [120, 60, 60];
/** Name of the second site's copy at the first. */
const copyName = 'second_site';

export async function runSiteDrill({ name, isSynchronous }: SiteDrill, seed: number): Promise<Row> {
  const failed: string[] = [];
  const fails = (error: Error): void => void failed.push(error.message);
  let recoveryMs: number | null = null;
  let gone: readonly Acknowledged[] = [];
  const sites = await Sites.make();
  const close = endedWithUs(() => sites.close());
  try {
    let scene = await sites.open();
    await sites.follow(isSynchronous);
    const load = new Load([sites.address], scene.market, `${name}-${seed}`, seed);
    try {
      await more(load, before);
      const letGo = isSynchronous ? undefined : await sites.holdUp();
      if (letGo) await more(load, during);
      const fault = performance.now();
      await sites.loseFirst();
      letGo?.();
      const byFirst = [...load.acknowledged];
      scene = await sites.failOver(scene);
      recoveryMs = await recovered(scene, load, fault, patienceMs);
      await more(load, after);
      if (!isSynchronous) gone = await goneFrom(scene, byFirst);
    } catch (error) {
      fails(error as Error);
    }
    await load.stop(patienceMs).catch(fails);
    failed.push(...new Set(load.refused.map((rule) => `an order was refused: ${rule}`)));
    const left = load.acknowledged.filter((one) => !gone.includes(one));
    const row = rowOf({ name, from: 'fault' }, load, await settled(scene, left, []), recoveryMs, failed);
    return isSynchronous ? row : { ...row, accepted: gone.length };
  } finally {
    await close();
  }
}

/** What was answered within the lag of an asynchronous copy: the loss that is accepted. */
async function goneFrom({ look }: Scene, acknowledged: readonly Acknowledged[]): Promise<Acknowledged[]> {
  const rows = await look.query<{ once: string }>(
    'select client_order_id as once from scheduler.bid union all select client_order_id from scheduler.offer',
  );
  const there = new Set(rows.map(({ once }) => once));
  return acknowledged.filter(({ once }) => !there.has(once));
}

class Sites {
  private first: ExchangeProcess | undefined;
  private second: ExchangeProcess | undefined;
  private endCopy: End | undefined;
  private looks: Look[] = [];
  private api: Api | undefined;

  private constructor(
    private readonly folder: string,
    private readonly remove: End,
    private readonly httpPort: number,
    private readonly grpcPort: number,
  ) {}

  static async make(): Promise<Sites> {
    const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
    return new Sites(...temporaryFolder('exchange-sites-'), httpPort, grpcPort);
  }

  /** The one name by which clients know the exchange, wherever it works. */
  get address(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  private dataOf(site: 'first' | 'second'): string {
    return join(this.folder, site);
  }

  private async start(site: 'first' | 'second'): Promise<ExchangeProcess> {
    const { httpPort, grpcPort } = this;
    const place = { data: this.dataOf(site), httpPort, grpcPort, settings: { EXCHANGE_REQUESTS_PER_SECOND: '100000' } };
    const [started] = await startedWithUs(
      () => startExchange(place),
      (exchange) => exchange.stop(),
    );
    return started;
  }

  /** As the superuser of a site's server. */
  private async lookAt(site: 'first' | 'second'): Promise<Look> {
    const { host, user, password } = (await embeddedPlace(this.dataOf(site))).address;
    const look = new Look(`postgresql://${user}:${encodeURIComponent(password)}@localhost/exchange?host=${encodeURIComponent(host)}`);
    this.looks.push(look);
    return look;
  }

  async open(): Promise<Scene> {
    this.first = await this.start('first');
    const operator = this.first.key!;
    this.api = new Api(this.address, 'sites');
    return { look: await this.lookAt('first'), api: this.api, operator, market: await openMarket(this.api, operator) };
  }

  /** The second site's server begins as a copy of the first's, made while that works, and follows it from then on. */
  async follow(isSynchronous: boolean): Promise<void> {
    const look = await this.lookAt('first');
    await look.query(`select pg_create_physical_replication_slot('${copyName}', true)`);
    await backUp(this.dataOf('first'), this.dataOf('second'));
    const { host, port, user, password } = (await embeddedPlace(this.dataOf('first'))).address;
    const data = join(this.dataOf('second'), 'postgres/data');
    const source = `host=${host} port=${port} user=${user} password=${password} application_name=${copyName}`;
    await appendFile(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\nprimary_slot_name = '${copyName}'\n`);
    await writeFile(join(data, 'standby.signal'), '');
    const { uid, gid } = await stat(data);
    await chown(join(data, 'standby.signal'), uid, gid);
    [, this.endCopy] = await startedWithUs(
      () => startEmbeddedPostgres({ folder: this.dataOf('second') }),
      (server) => server.stop(),
    );
    if (isSynchronous) {
      await look.query(`alter system set synchronous_standby_names = '${copyName}'`);
      await look.query('select pg_reload_conf()');
    }
    const wanted = `select from pg_stat_replication where application_name = $1 and state = 'streaming' and sync_state = $2`;
    await until('the second site must follow', async () => {
      const rows = await look.query(wanted, [copyName, isSynchronous ? 'sync' : 'async']);
      return rows.length === 1;
    });
  }

  /** The way between the sites is held up: the second's receiver stands still until it is let go. */
  async holdUp(): Promise<() => void> {
    const [row] = await (await this.lookAt('second')).query<{ pid: number }>('select pid from pg_stat_wal_receiver');
    process.kill(row!.pid, 'SIGSTOP');
    return () => void process.kill(row!.pid, 'SIGCONT');
  }

  /** Its power is cut: every process of its server, and the exchange. Nothing of it writes any more (the runbook's first step). */
  async loseFirst(): Promise<void> {
    const look = await this.lookAt('first');
    const rows = await look.query<{ pid: number }>('select pid from pg_stat_activity');
    const [postmaster] = (await readFile(join(this.dataOf('first'), 'postgres/data/postmaster.pid'), 'utf8')).split('\n');
    for (const pid of [Number(postmaster), ...rows.map((row) => row.pid)]) kill(pid);
    await this.first!.kill();
    this.first = undefined;
  }

  /** Steps 3 to 6: the copy is promoted, the exchange starts on it, and the name leads there. What is lost is counted afterwards. */
  async failOver({ operator, market, api }: Scene): Promise<Scene> {
    const look = await this.lookAt('second');
    const [promoted] = await look.query<{ done: boolean }>('select pg_promote(true, 30) as done');
    const [server] = await look.query<{ recovers: boolean }>('select pg_is_in_recovery() as recovers');
    if (!promoted!.done || server!.recovers) throw new Error('the second site must be promoted within 30 s');
    await look.close();
    await this.endCopy!();
    this.second = await this.start('second');
    return { look, api, operator, market };
  }

  async close(): Promise<void> {
    for (const look of this.looks) await look.close();
    await this.api?.destroy();
    await this.first?.stop();
    await this.second?.stop();
    await this.endCopy?.();
    await this.remove();
  }
}

/** It may be gone already. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + patienceMs; !(await isSo()); await sleep(50))
    if (performance.now() > deadline) throw new Error(what);
}
