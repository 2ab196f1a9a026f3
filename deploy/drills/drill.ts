// What a drill is, and the few things that are done to parts of a cluster.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage.js';

export interface Drill {
  readonly name: string;
  /** What it does something to; two drills of a pair share nothing. */
  readonly targets: readonly string[];
  /** Recovery is counted from the fault, or, where nothing can serve an order and its hold while it lasts, from the moment that it is undone. */
  readonly from: 'fault' | 'undone';
  /** How long the fault lasts. */
  readonly lastsMs: number;
  /** Why it cannot be shown here; undefined where it can. */
  missing?(stage: Stage): string | undefined;
  /** What has to be before the load begins. */
  prepare?(stage: Stage): Promise<void>;
  /** @returns what undoes it, and throws where something did not hold that must */
  inject(stage: Stage): Promise<() => Promise<void>>;
}

export const freezeMs = 30_000;
const awayMs = 5_000;

export const killed = (name: string, ...processes: string[]): Drill => ({
  name,
  targets: processes,
  // With one of two left orders are served meanwhile.
  from: processes.length === 1 ? 'fault' : 'undone',
  lastsMs: awayMs,
  inject: async (stage) => {
    await Promise.all(processes.map((process) => stage.kill(process)));
    return async () => processes.forEach((process) => stage.bringBack(process));
  },
});

export const frozen = (name: string, process: string): Drill => ({
  name,
  targets: [process],
  from: 'fault',
  lastsMs: freezeMs,
  inject: async (stage) => {
    stage.signal(process, 'SIGSTOP');
    return async () => stage.signal(process, 'SIGCONT');
  },
});

/** A role that moves from process to process: whichever leads, or stands by, as the drill begins. */
async function ofScheduler(stage: Stage, role: 'leader' | 'standby'): Promise<string> {
  const leader = await stage.leader();
  return role === 'leader' ? leader : stage.names.find((name) => name.startsWith('scheduler') && name !== leader)!;
}

export const schedulers = ['scheduler-1', 'scheduler-2'];

export const killedScheduler = (role: 'leader' | 'standby'): Drill => ({
  name: `sigkill-scheduler-${role}`,
  targets: schedulers,
  from: 'fault',
  lastsMs: awayMs,
  inject: async (stage) => {
    const process = await ofScheduler(stage, role);
    await stage.kill(process);
    return async () => stage.bringBack(process);
  },
});

export const frozenStandby: Drill = {
  name: 'sigstop-scheduler-standby',
  targets: schedulers,
  from: 'fault',
  lastsMs: freezeMs,
  inject: async (stage) => {
    const process = await ofScheduler(stage, 'standby');
    stage.signal(process, 'SIGSTOP');
    return async () => stage.signal(process, 'SIGCONT');
  },
};

const lateWords = 'leader_must_hold_its_lease';

export const frozenLeader = (lastsMs: number): Drill => ({
  name: 'sigstop-scheduler-leader',
  targets: schedulers,
  from: 'fault',
  lastsMs,
  inject: async (stage) => {
    const before = await stage.leader();
    const [end, said] = [stage.endOf(before), stage.hear(before)];
    stage.signal(before, 'SIGSTOP');
    return async () => {
      const now = await stage.leader();
      if (now === before) throw new Error('a standby must take over from a leader that is frozen');
      stage.signal(before, 'SIGCONT');
      // What it had under way is refused, and it ends.
      const isGone = await Promise.race([end.then(() => true), sleep(20_000, false, { ref: false })]);
      if (!isGone || !said().includes(lateWords)) throw new Error(`a leader that is thawed must end with ${lateWords}`);
    };
  },
});

export const kafkaNodes = (name: string, nodes: readonly number[], what: 'crash' | 'freeze', lastsMs: number): Drill => ({
  name,
  targets: nodes.map((node) => `kafka-${node + 1}`),
  // Without two of three nothing that is told is acknowledged.
  from: nodes.length === 1 ? 'fault' : 'undone',
  lastsMs,
  missing: ({ cluster }) => (cluster.kafka.length < 3 ? 'this cluster has no three Kafka nodes' : undefined),
  inject: async ({ cluster }) => {
    await Promise.all(nodes.map((node) => cluster.kafka[node]![what]()));
    return async () => {
      await Promise.all(nodes.map((node) => (what === 'crash' ? cluster.kafka[node]!.run() : cluster.kafka[node]!.thaw())));
    };
  },
});
