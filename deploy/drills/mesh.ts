// What happens between processes, to their certificates and to their clocks.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Drill, schedulers } from './drill.js';
import { randomOf } from './random.js';
import type { Stage } from './stage.js';

/** Both of the scheduler's, so that no order passes; connections that there are go on, so they are cut. */
export const expired: Drill = {
  name: 'certificate-expired-and-rotated',
  targets: [...schedulers, 'mesh'],
  from: 'undone',
  lastsMs: 8_000,
  inject: async (stage) => {
    const validMs = 4_000;
    for (const name of schedulers) await stage.cluster.exchange.issue(name, validMs);
    await sleep(validMs);
    for (const name of schedulers) {
      stage.doors.get(name)!.shut();
      stage.doors.get(name)!.unshut();
    }
    return async () => {
      for (const name of schedulers) await stage.cluster.exchange.issue(name);
    };
  },
};

function allDoors(stage: Stage, delayMs: () => number): void {
  for (const door of [...stage.doors.values(), ...stage.cluster.kafka.map((node) => node.door), stage.cluster.redis.door])
    door.delayMs = delayMs;
}

/** 40 ms each way between all processes, Kafka and Redis; PostgreSQL is reached by its socket, which has no way. */
export const delayed: Drill = {
  name: 'delay-between-processes',
  targets: ['mesh'],
  from: 'fault',
  lastsMs: 15_000,
  inject: async (stage) => {
    allDoors(stage, () => 40);
    return async () => allDoors(stage, () => 0);
  },
};

/** What is lost on a line TCP sends again after 200 ms and more, and gives up at last: so do one in fifty pieces wait, and connections break. */
export const lossy: Drill = {
  name: 'loss-between-processes',
  targets: ['mesh'],
  from: 'fault',
  lastsMs: 15_000,
  inject: async (stage) => {
    const random = randomOf(1);
    allDoors(stage, () => (random() < 0.02 ? 200 * 2 ** Math.floor(random() * 3) : 0));
    const breaks = setInterval(() => {
      const doors = [...stage.doors.values()];
      const door = doors[Math.floor(random() * doors.length)]!;
      door.shut();
      door.unshut();
    }, 500);
    return async () => {
      clearInterval(breaks);
      allDoors(stage, () => 0);
    };
  },
};

const library = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib64/faketime/libfaketime.so.1',
].find((path) => existsSync(path));

/** The clock jumps while the process runs, and back again: what it reads is set by libfaketime, of a file that is read anew each second. */
export const clockOff = (process: string, hours: 1 | -1): Drill => ({
  name: `clock-${hours > 0 ? 'ahead' : 'behind'}-${process}`,
  targets: process === 'scheduler-leader' ? schedulers : [process],
  from: 'fault',
  lastsMs: 10_000,
  missing: () => (library ? undefined : 'libfaketime is not installed (Debian: libfaketime)'),
  prepare: async (stage) => {
    const leader = await stage.leader();
    const of = process === 'scheduler-leader' ? leader : process;
    const file = await stage.write(`clock-${process}`, '+0');
    const variables = {
      LD_PRELOAD: library!,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    // Stopping the leader hands over; the other then does so by being started anew.
    await stage.restartWith(of, variables);
    if (of === leader) await stage.restartWith(await stage.leader(), {});
  },
  inject: async (stage) => {
    await stage.write(`clock-${process}`, hours > 0 ? '+1h' : '-1h');
    return async () => void (await stage.write(`clock-${process}`, '+0'));
  },
});
