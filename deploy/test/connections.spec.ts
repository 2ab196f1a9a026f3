// The connections that the manifests count on are those that a service holds when all of its pools are taken up.
import { jest } from '@jest/globals';
import pg from 'pg';
import { modulesOf } from '#exchange';
import { run } from '#platform';
import { eventually, testDatabase } from '#testing';
import { heldBy } from './connections.js';

it.each(['registry', 'settlement', 'scheduler'])(
  '%s holds no more connections than the manifests count of it',
  async (service) => {
    const pools = new Set<pg.Pool>();
    const connect = Reflect.get(pg.Pool.prototype, 'connect') as (this: pg.Pool) => Promise<pg.PoolClient>;
    const spy = jest.spyOn(pg.Pool.prototype, 'connect').mockImplementation(function (this: pg.Pool) {
      pools.add(this);
      return connect.call(this);
    } as never);
    const place = await testDatabase();
    try {
      const running = await run(modulesOf(service), {
        databaseUrl: place.url,
        databasePool: 6,
        services: service,
        grpcPort: 0,
        logLevel: 'silent',
      });
      try {
        const { pools: most, sessions } = heldBy(service, { EXCHANGE_DATABASE_POOL: '6' });
        expect([...pools].map(({ options }) => options.max).sort()).toEqual([...most].sort());
        const taken = await Promise.all([...pools].flatMap((pool) => Array.from({ length: pool.options.max }, () => connect.call(pool))));
        const held = async () => {
          const [row] = await place.query<{ count: number }>(
            `select count(*)::int4 as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
          );
          return row!.count;
        };
        const pooled = most.reduce((sum, each) => sum + each, 0);
        expect(taken).toHaveLength(pooled);
        // Of who is led the leader runs the jobs, and needs no lock.
        const locks = service === 'scheduler' ? 1 : 0;
        await eventually(held, (count) => count === pooled + sessions - locks);
        for (const client of taken) client.release();
      } finally {
        await running.stop();
      }
    } finally {
      spy.mockRestore();
      await place.drop();
    }
  },
  60_000,
);
