// The two sides of the hot state as the conformance suite uses them.
import type { HotState } from '#platform';
import { testRedis } from '#testing';
import { HotState as InProcess } from '../src/hot-state.js';
import { makeLogger } from '../src/log.js';
import { RedisHotState } from '../src/redis-hot-state.js';
import { redisAddress } from '../src/redis-url.js';

export interface Side {
  readonly name: string;
  /** What so many processes of one exchange have; within one process they have the same. */
  begin(processes: number): { replicas: HotState[]; end: () => void };
  /** Every key goes that the server holds. */
  flush(): Promise<void>;
  /** Undefined where there is no server, or not the suite's own. */
  readonly faults: Record<Fault, (meanwhile: () => Promise<void>) => Promise<void>> | undefined;
  stop(): Promise<void>;
}

export const faultNames = ['a lost connection', 'a crash of the server', 'a server that stands still'] as const;
export type Fault = (typeof faultNames)[number];

const log = makeLogger('silent');

export const processSide: Side = {
  name: 'one process',
  begin: (processes) => {
    const one = new InProcess(log);
    return { replicas: Array.from({ length: processes }, () => one), end: () => one.close() };
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
    begin: (processes) => {
      const url = redis.url();
      const replicas = Array.from({ length: processes }, () => new RedisHotState(redisAddress(url), log));
      return { replicas, end: () => replicas.forEach((replica) => replica.close()) };
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
