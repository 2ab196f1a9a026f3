// What `npm run cluster` starts: one market behind two gateways, its events by Kafka, nothing left when it has stopped but its folder, and that goes on.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, type Json, book, openSmallMarket, rfc, slotMs } from '#demo';
import { build, canRunCluster, eventually } from '#testing';
import { Cluster } from '../cluster.js';

const folder = await mkdtemp(join(tmpdir(), 'exchange-cluster-'));
afterAll(() => rm(folder, { recursive: true }));

function bid(): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units: 1, ...window, limitPrice: '2.50', timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

/** Whether a process of this id is there. */
function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

/** 2.00 yuan a card and hour, for an hour; settlement hears of it by Kafka. */
async function held(api: Api, buyer: string): Promise<unknown> {
  const { accounts } = await api.get(buyer, '/v1/accounts');
  return (accounts as Json[]).find(({ code }) => String(code).endsWith('/money'))!.debitsPending;
}

if (await canRunCluster())
  it('takes an order at one gateway, shows it at the other, holds the money, starts anew what was killed, leaves no process behind, and goes on in its folder', async () => {
    build();
    const told: string[] = [];
    const options = { folder, kafkaNodes: 1, replicas: 2, tell: (line: string) => void told.push(line) };
    const cluster = new Cluster(options);
    let [operator, buyer, bidId] = ['', '', ''];
    let pids: (number | undefined)[] = [];
    try {
      await cluster.start();
      const { exchange, kafka, redis } = cluster;
      pids = [redis.pid, ...kafka.map(({ pid }) => pid), ...[...exchange.running.values()].map(({ pid }) => pid)];
      for (const name of exchange.running.keys())
        expect(await (await fetch(`${exchange.address(name)}/readyz`)).json()).toMatchObject({ state: 'ready', ready: true });
      const [one, two] = ['gateway-1', 'gateway-2'].map((name) => new Api(exchange.address(name), 'cluster')) as [Api, Api];
      operator = exchange.key;
      buyer = await openSmallMarket(one, operator, 2, bid());
      bidId = String((await one.post(buyer, '/v1/bids', bid(), 'one')).bidId);
      expect(await two.get(buyer, `/v1/bids/${bidId}`)).toMatchObject({ state: 'FILLED' });
      await eventually(
        () => held(two, buyer),
        (sum) => sum === '4',
      );
      const heard: string[] = [];
      // One that ended before it was to be kept is started anew too, as of a cluster whose other processes are still starting.
      const early = exchange.running.get('facts-1')!;
      process.kill(early.pid, 'SIGKILL');
      await early.ended;
      cluster.keep((name, ended) => void heard.push(ended ? `${name} (process ${ended.pid}) ended ${ended.how}` : `${name} answers again`));
      await eventually(
        () => heard,
        ({ length }) => length >= 2,
      );
      expect(heard.splice(0)).toEqual([`facts-1 (process ${early.pid}) ended by SIGKILL`, 'facts-1 answers again']);
      const { pid } = exchange.running.get('facts-1')!;
      process.kill(pid, 'SIGKILL');
      await eventually(
        () => heard,
        ({ length }) => length >= 2,
      );
      expect(heard).toEqual([`facts-1 (process ${pid}) ended by SIGKILL`, 'facts-1 answers again']);
      expect(exchange.running.get('facts-1')!.pid).not.toBe(pid);
      const redisPid = redis.pid!;
      process.kill(redisPid, 'SIGKILL');
      await eventually(
        () => heard,
        ({ length }) => length >= 4,
      );
      expect(heard.slice(2)).toEqual([`redis (process ${redisPid}) ended by SIGKILL`, 'redis answers again']);
      expect(redis.pid).not.toBe(redisPid);
      expect(await (await fetch(`${exchange.address('facts-1')}/readyz`)).json()).toMatchObject({ state: 'ready', ready: true });
      pids = pids.map((one) => (one === early.pid ? exchange.running.get('facts-1')!.pid : one === redisPid ? redis.pid : one));
      await Promise.all([one.close(), two.close()]);
    } finally {
      await cluster.stop();
    }
    expect(told.join('\n')).toMatch(/postgresql[^]*redis[^]*kafka[^]*facts-1, facts-2[^]*gateway-1, gateway-2/);
    expect(pids).toHaveLength(10);
    expect(pids.filter((pid) => pid === undefined || lives(pid))).toEqual([]);
    expect((await readdir(join(folder, 'services'))).filter((name) => name.endsWith('.log'))).toHaveLength(8);

    const again = new Cluster(options);
    try {
      await again.start();
      // Its operator has used the first key, and no other is made.
      expect(again.exchange.key).toBe('');
      const api = new Api(again.exchange.address('gateway-1'), 'cluster');
      expect(await api.get(buyer, `/v1/bids/${bidId}`)).toMatchObject({ state: 'FILLED' });
      await api.post(buyer, '/v1/bids', bid(), 'two');
      await eventually(
        () => held(api, buyer),
        (sum) => sum === '6',
      );
      expect(await api.post(operator, '/v1/market/verify', {})).toMatchObject({ same: true });
      expect(await api.get(operator, '/v1/ledger/summary')).toMatchObject({ imbalance: '0' });
      await api.close();
    } finally {
      await again.stop();
    }
  }, 600_000);
