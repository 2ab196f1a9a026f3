// What happens to Redis, PostgreSQL and disks.
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Drill, freezeMs } from './drill.js';
import type { Stage } from './stage.js';

async function flushAll({ cluster }: Stage): Promise<void> {
  const [host, port] = cluster.redis.address.split(':');
  const socket = connect(Number(port), host);
  socket.write('FLUSHALL\r\n');
  const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })) as [Buffer];
  socket.destroy();
  if (!answer.toString().startsWith('+OK')) throw new Error(`Redis must be flushed: ${answer.toString()}`);
}

export const redisDrills: readonly Drill[] = [
  {
    name: 'redis-flushall',
    targets: ['redis'],
    from: 'fault',
    lastsMs: 2_000,
    inject: async (stage) => {
      await flushAll(stage);
      return async () => undefined;
    },
  },
  {
    name: 'redis-sigkill',
    targets: ['redis'],
    from: 'fault',
    lastsMs: 5_000,
    inject: async ({ cluster: { redis } }) => {
      await redis.crash();
      return () => redis.run();
    },
  },
  {
    name: 'redis-sigstop',
    targets: ['redis'],
    from: 'fault',
    lastsMs: freezeMs,
    inject: async ({ cluster: { redis } }) => {
      await redis.freeze();
      return () => redis.thaw();
    },
  },
];

export const postgresDrills: readonly Drill[] = [
  {
    name: 'postgresql-immediate-stop',
    targets: ['postgresql'],
    // Its owner starts it again at once.
    from: 'fault',
    lastsMs: 5_000,
    inject: async (stage) => {
      process.kill(await stage.postmaster(), 'SIGQUIT');
      return async () => undefined;
    },
  },
];

export const diskDrills: readonly Drill[] = [
  {
    name: 'full-disk-postgresql',
    targets: ['postgresql'],
    from: 'undone',
    lastsMs: 15_000,
    missing: ({ noDisks }) => noDisks || undefined,
    inject: async ({ disks: { database } }) => {
      await database!.fill();
      return () => database!.free();
    },
  },
  {
    name: 'full-disk-kafka',
    targets: ['kafka-1'],
    from: 'fault',
    lastsMs: 15_000,
    missing: ({ noDisks, cluster }) => noDisks || (cluster.kafka.length < 3 ? 'this cluster has no three Kafka nodes' : undefined),
    inject: async ({
      disks: { kafka },
      cluster: {
        kafka: [node],
      },
    }) => {
      await kafka!.fill();
      return async () => {
        await kafka!.free();
        // A node that could not write has ended, or must not go on as it was.
        await node!.crash();
        await node!.run();
      };
    },
  },
];
