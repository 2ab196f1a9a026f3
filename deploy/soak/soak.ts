// A cluster under a steady load, looked at again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Cluster, residentMiB } from '#cluster';
import { Api } from '#demo';
import type { Collector } from '#testing';
import { SteadyLoad } from './load.js';
import { judge, type Load, type Memory, type Sample, type Verdict } from './verdict.js';

export interface Soaked extends Verdict {
  readonly minutes: number;
  readonly warmUpMinutes: number;
  readonly load: Load;
  readonly samples: readonly Sample[];
}

interface Asked {
  readonly cluster: Cluster;
  /** Hears the cluster. */
  readonly collector: Collector;
  readonly minutes: number;
  readonly ordersPerSecond: number;
  readonly everyMs: number;
  tell(line: string): void;
}

const restMsMax = 60_000;
const minuteMs = 60_000;
const mib = 1 << 20;

/** A process of the exchange that ends under the load is started anew, and counts as a fault. @throws Error where Kafka or Redis ends */
export async function soak(asked: Asked): Promise<Soaked> {
  const { cluster, minutes, everyMs } = asked;
  const { exchange } = cluster;
  const gateways = [...exchange.running.keys()].filter((name) => name.startsWith('gateway'));
  const api = new Api(
    gateways.map((name) => exchange.address(name)),
    'soak',
  );
  const database = new pg.Client(cluster.databaseUrl);
  await database.connect();
  try {
    const load = await SteadyLoad.open(api, exchange.key, asked.ordersPerSecond);
    const stopping = new AbortController();
    const loading = load.run(stopping.signal);
    const samples: Sample[] = [];
    const begun = Date.now();
    const ended: string[] = [];
    exchange.keep((name, end) => {
      if (!end) return;
      const { how, lastWords } = end;
      ended.push(`${name} ended ${how} after ${((Date.now() - begun) / minuteMs).toFixed(1)} minutes; it said last: ${lastWords}`);
      asked.tell(ended.at(-1)!);
    });
    try {
      for (const end = begun + minutes * minuteMs; Date.now() < end; await sleep(everyMs)) {
        samples.push(await sampleOf(asked, database));
        asked.tell(
          `${((Date.now() - begun) / minuteMs).toFixed(1)} of ${minutes} minutes, ${load.orders} orders, ${samples.at(-1)!.lag} events wait`,
        );
      }
    } finally {
      stopping.abort();
      await loading;
    }
    const hours = (Date.now() - begun) / (60 * minuteMs);
    const stood: Load = {
      ordersPerHour: Math.round(load.orders / hours),
      tradesPerHour: Math.round(load.trades / hours),
      refused: load.refused,
      ended,
      ...(await atRest(asked, api)),
    };
    const warmUpMinutes = Math.min(10, minutes / 4);
    return { minutes, warmUpMinutes, load: stood, ...judge(samples, warmUpMinutes * minuteMs, stood), samples };
  } finally {
    await Promise.all([api.close(), database.end()]);
  }
}

async function sampleOf({ cluster, collector }: Asked, database: pg.Client): Promise<Sample> {
  const { exchange, kafka, redis } = cluster;
  const heaps = new Map(collector.metric('v8js.memory.heap.used').map(({ attributes, value }) => [attributes['process.pid'], value / mib]));
  const processes = [
    ...[...exchange.running].map(([name, { pid }]) => ({ name, pid })),
    ...kafka.map(({ pid }, index) => ({ name: `kafka-${index + 1}`, pid: pid! })),
    { name: 'redis', pid: redis.pid! },
  ];
  const memory = processes.map(async ({ name, pid }): Promise<[string, Memory][]> => {
    const heapMiB = heaps.get(pid);
    const resident = await residentMiB(pid);
    if (resident === undefined) {
      // One of ours is being started anew.
      if (exchange.running.has(name)) return [];
      throw new Error(`${name} must not end under the load`);
    }
    return [[name, { residentMiB: resident, ...(heapMiB === undefined ? {} : { heapMiB }) }]];
  });
  const { rows } = await database.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where backend_type = 'client backend'`,
  );
  return {
    atMs: Date.now(),
    memory: Object.fromEntries((await Promise.all(memory)).flat()),
    lag: lagOf(collector),
    connections: {
      postgresql: rows[0]!.n,
      redis: redis.door.connections,
      kafka: kafka.reduce((sum, { door }) => sum + door.connections, 0),
    },
  };
}

const lagOf = (collector: Collector): number => collector.metric('exchange.bus.lag').reduce((sum, { value }) => sum + value, 0);

/** Once what waits is handled, or after a while. */
async function atRest({ cluster, collector, everyMs }: Asked, api: Api): Promise<Pick<Load, 'lagAtRest' | 'deadLetters' | 'imbalance'>> {
  for (const deadline = Date.now() + restMsMax; Date.now() < deadline; await sleep(everyMs)) {
    // What is told now was told before the load ended.
    await sleep(everyMs);
    if (lagOf(collector) === 0) break;
  }
  const { key } = cluster.exchange;
  const { deadLetters } = await api.get(key, '/v1/dead-letters');
  const { imbalance } = await api.get(key, '/v1/ledger/summary');
  return { lagAtRest: lagOf(collector), deadLetters: (deadLetters as unknown[]).length, imbalance: String(imbalance) };
}
