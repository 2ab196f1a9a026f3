// The two sides of the hot state as the conformance suite uses them.
import type { HotState } from '#platform';
import { Door, testRedis } from '#testing';
import { HotState as InProcess } from '../src/hot-state.js';
import { makeLogger } from '../src/log.js';
import { RedisHotState } from '../src/redis-hot-state.js';
import { redisAddress } from '../src/redis-url.js';

export interface Side {
  readonly name: string;
  /** What so many processes of one exchange have; within one process they have the same. */
  begin(processes: number): Promise<Replicas>;
  /** Every key goes that the server holds. */
  flush(): Promise<void>;
  /** Undefined where there is no server, or not the suite's own. */
  readonly faults: Record<Fault, (meanwhile: () => Promise<void>) => Promise<void>> | undefined;
  stop(): Promise<void>;
}

export interface Replicas {
  readonly replicas: HotState[];
  /** On the way of each to the server; none where there is no server. */
  readonly doors: Door[];
  readonly end: () => Promise<void>;
}

export const faultNames = ['a lost connection', 'a crash of the server', 'a server that stands still'] as const;
export type Fault = (typeof faultNames)[number];

const log = makeLogger('silent');

export const processSide: Side = {
  name: 'one process',
  begin: async (processes) => {
    const one = new InProcess(log);
    return { replicas: Array.from({ length: processes }, () => one), doors: [], end: async () => one.close() };
  },
  flush: () => Promise.resolve(),
  faults: undefined,
  stop: () => Promise.resolve(),
};

/** Undefined where there is no Redis. */
export async function redisSide(): Promise<Side | undefined> {
  const redis = await testRedis();
  if (!redis) return undefined;
  const { own } = redis;
  return {
    name: 'Redis',
    begin: async (processes) => {
      const address = redisAddress(redis.url());
      const doors = await Promise.all(Array.from({ length: processes }, () => Door.open(address.port, address.host)));
      const replicas = doors.map(({ port }) => new RedisHotState({ ...address, host: '127.0.0.1', port }, log));
      const end = async () => {
        for (const replica of replicas) replica.close();
        await Promise.all(doors.map((door) => door.close()));
      };
      return { replicas, doors, end };
    },
    flush: () => redis.flushAll(),
    faults: own && {
      'a lost connection': around(
        async () => own.door.shut(),
        async () => own.door.unshut(),
      ),
      'a crash of the server': around(
        () => own.crash(),
        () => own.run(),
      ),
      'a server that stands still': around(
        () => own.freeze(),
        () => own.thaw(),
      ),
    },
    stop: () => redis.stop(),
  };
}

const around = (begin: () => Promise<void>, end: () => Promise<void>) => async (meanwhile: () => Promise<void>) => {
  await begin();
  try {
    await meanwhile();
  } finally {
    await end();
  }
};
