// What is measured of every service: is it well, and what waits on the way between them.
import type { Consumer } from './consumer.js';
import type { Database } from './database.js';
import type { Health } from './health.js';
import type { HotState } from './hot-state.js';
import type { Gauges } from './telemetry.js';

interface Observed {
  readonly gauges: Gauges;
  readonly health: Health;
  readonly hot: HotState;
  readonly services: readonly {
    readonly name: string;
    readonly database: Database;
    readonly consumers: readonly Consumer[];
    readonly sealer: unknown;
  }[];
}

export function observe({ gauges, health, hot, services }: Observed): void {
  gauges.add('exchange.health.check', '{part}', '1 where the part is well, as GET /readyz says', async () => {
    const { checks } = await health.report();
    return checks.map(({ name, ok }) => [Number(ok), { 'exchange.check': name }]);
  });
  gauges.add(
    'exchange.hot_state.reached',
    '{server}',
    '1 where what this process tells of limits, keys and live data reaches the others',
    () => [[Number(hot.isReached)]],
  );
  gauges.add('exchange.bus.lag', '{event}', 'Events on the bus that wait for a service, by topic', () =>
    services
      .flatMap(({ consumers }) => consumers)
      .map(({ lag, service, topic }) => [lag, { 'messaging.destination.name': topic, 'messaging.consumer.group.name': service }]),
  );
  gauges.add('v8js.memory.heap.used', 'By', "V8's heap of the main thread, by process", () => [
    [process.memoryUsage().heapUsed, { 'process.pid': process.pid }],
  ]);
  const counted = (table: string) => async () =>
    Promise.all(
      services.map(async ({ name, database }) => {
        const [row] = await database.query<{ count: bigint }>(`select count(*) as count from ${table}`);
        return [Number(row!.count), { 'exchange.service': name }] as const;
      }),
    );
  gauges.add('exchange.evidence.unsealed.age', 's', 'How long the oldest row of evidence has waited to be sealed', async () =>
    Promise.all(
      services
        .filter(({ sealer }) => sealer)
        .map(async ({ name, database }) => {
          const [row] = await database.query<{ age: number }>(
            `select coalesce((extract(epoch from now()) * 1000 - (select since from unsealed order by number limit 1)) / 1000, 0)::float8 as age`,
          );
          return [row!.age, { 'exchange.service': name }] as const;
        }),
    ),
  );
  gauges.add('exchange.outbox.length', '{event}', 'Events that wait to go to the bus', counted('outbox'));
  gauges.add(
    'exchange.bus.dead_letters',
    '{event}',
    'Events that a service could not handle, and that nobody has replayed',
    counted('dead_letter where replayed_at is null'),
  );
}
