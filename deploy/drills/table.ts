// Every drill by its name, and pairs of them by a seed.
import { clockOff, delayed, expired, lossy } from './mesh.js';
import { type Drill, freezeMs, frozen, frozenLeader, frozenStandby, kafkaNodes, killed, killedScheduler, schedulers } from './drill.js';
import { randomOf } from './random.js';
import { diskDrills, postgresDrills, redisDrills } from './servers.js';
import { services } from './stage.js';

const plain = services.filter((service) => service !== 'scheduler');
const both = (service: string): string[] => [`${service}-1`, `${service}-2`];

export const drills: readonly Drill[] = [
  ...plain.map((service) => killed(`sigkill-${service}`, `${service}-1`)),
  killedScheduler('leader'),
  killedScheduler('standby'),
  killed('sigkill-all-settlement', ...both('settlement')),
  killed('sigkill-all-voucher', ...both('voucher')),
  killed('sigkill-all-scheduler', ...schedulers),
  ...plain.map((service) => frozen(`sigstop-${service}`, `${service}-1`)),
  frozenLeader(freezeMs),
  frozenStandby,
  kafkaNodes('kafka-sigkill-one', [0], 'crash', 10_000),
  kafkaNodes('kafka-sigkill-two', [0, 1], 'crash', 10_000),
  kafkaNodes('kafka-sigstop-one', [0], 'freeze', freezeMs),
  kafkaNodes('kafka-sigstop-two', [0, 1], 'freeze', freezeMs),
  ...redisDrills,
  ...postgresDrills,
  ...diskDrills,
  expired,
  clockOff('scheduler-leader', 1),
  clockOff('scheduler-leader', -1),
  clockOff('settlement-1', 1),
  clockOff('gateway-1', 1),
  delayed,
  lossy,
];

/** Both faults at once, and undone together. Recovery is counted from then: between them they may leave nobody who serves. */
function pairOf(one: Drill, other: Drill): Drill {
  return {
    name: `pair:${one.name}+${other.name}`,
    targets: [...one.targets, ...other.targets],
    from: 'undone',
    lastsMs: Math.max(one.lastsMs, other.lastsMs),
    missing: (stage) => one.missing?.(stage) ?? other.missing?.(stage),
    prepare: async (stage) => {
      await one.prepare?.(stage);
      await other.prepare?.(stage);
    },
    inject: async (stage) => {
      const undo = [await one.inject(stage), await other.inject(stage)];
      return async () => {
        for (const each of undo) await each();
      };
    },
  };
}

/** So many different pairs, of drills that do nothing to the same part. */
export function pairs(seed: number, count: number): Drill[] {
  const random = randomOf(seed);
  const chosen = new Map<string, Drill>();
  while (chosen.size < count) {
    const [one, other] = [random(), random()].map((chance) => drills[Math.floor(chance * drills.length)]!) as [Drill, Drill];
    if (one.targets.some((target) => other.targets.includes(target))) continue;
    const pair = pairOf(one, other);
    chosen.set(pair.name, pair);
  }
  return [...chosen.values()];
}
