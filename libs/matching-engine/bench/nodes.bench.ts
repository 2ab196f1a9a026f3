// R-2a's best fit on 800 nodes of 8 units against first fit and a random node, on the same tasks: how much of what is asked each accepts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everyHour, everyWeekday, Placement, Preference, slotMs, Tier, TimeInForce } from '#domain';
import type { BidTerms } from '#matching-engine';
import { createFastEngine, EventBuffer, noConstraints } from '#matching-engine';
import { Dice } from '../test/random-commands.js';
import { Facts } from './facts.js';

const nodes = 800;
const unitsPerNode = 8;
const load = 1.1;
const tasksOfASeed = Number(process.env.TASKS ?? 30_000);
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 10) }, (_, i) => 42 + i);
const first = 20_003 * 96;
const policies = ['best_fit', 'first_fit', 'random'] as const;
type Policy = (typeof policies)[number];

interface Task {
  /** Slots since the first. */
  readonly arrival: number;
  readonly units: number;
  readonly slots: number;
  /** False: it was running when the arrivals began. */
  readonly isCounted: boolean;
}

/** Slots that the trace's whole-GPU tasks ran. */
function durations(): number[] {
  const root = join(import.meta.dirname.replace(/([/\\])dist([/\\])/, '$1'), '../../..');
  const [head, ...rows] = readFileSync(join(root, 'services/exchange/data/openb/openb_pod_list_default.csv'), 'utf8').trim().split('\n');
  const at = (name: string) => head!.trim().split(',').indexOf(name);
  const [gpus, share, scheduled, deleted] = [at('num_gpu'), at('gpu_milli'), at('scheduled_time'), at('deletion_time')];
  return rows
    .map((row) => row.trim().split(','))
    .filter((row) => Number(row[gpus]) >= 1 && Number(row[share]) === 1000 && row[scheduled] !== '' && row[deleted] !== '')
    .map((row) => Math.max(1, Math.ceil(((Number(row[deleted]) - Number(row[scheduled])) * 1000) / slotMs)));
}

/**
 * Poisson arrivals whose mean asks for 110 % of the nodes, after those that would be running when they begin: of these a long task is the likelier met, and somewhere in
 * its run. The trace's few tasks of months are most of the load, and without them the nodes would fill for months.
 */
function tasksOf(seed: number, ran: readonly number[]): Task[] {
  const dice = new Dice(seed);
  const chance = (): number => (1 + dice.roll(1_000_000)) / 1_000_000;
  const unitsOf = (): number => dice.pick(1, 1, 2, 4, 8);
  const total = ran.reduce((sum, each) => sum + each, 0);
  const meanUnits = 0.4 * 1 + 0.2 * 2 + 0.2 * 4 + 0.2 * 8;
  const tasks: Task[] = [];
  for (let asked = 0; asked < load * nodes * unitsPerNode; asked += tasks.at(-1)!.units) {
    let met = chance() * total;
    const slots = ran.find((each) => (met -= each) <= 0)!;
    tasks.push({ arrival: 0, units: unitsOf(), slots: Math.ceil(chance() * slots), isCounted: false });
  }
  const perSlot = (load * nodes * unitsPerNode * ran.length) / (total * meanUnits);
  for (let i = 0, time = 0; i < tasksOfASeed; i++) {
    time -= Math.log(chance()) / perSlot;
    tasks.push({ arrival: Math.floor(time), units: unitsOf(), slots: ran[dice.roll(ran.length)]!, isCounted: true });
  }
  return tasks;
}

/** R-2a by the engine: a bid fills at once or not at all. True for each task that was accepted. */
function byEngine(tasks: readonly Task[]): boolean[] {
  const last = tasks.reduce((most, task) => Math.max(most, task.arrival + task.slots), 0) + 2;
  const engine = createFastEngine({ horizonSlots: last + 1 });
  const facts = new Facts(first * slotMs);
  facts.site(1);
  facts.participant(1, 9_000_000_000_000_000);
  facts.participant(2);
  facts.pool(1, 1, 2, { nodes, unitsPerNode });
  facts.book(1, 1, Tier.FIRM);
  for (const command of facts.commands) engine.apply(command);
  let { sequence } = facts;
  const time = first * slotMs;
  const offer = {
    units: nodes * unitsPerNode,
    from: first,
    to: first + last,
    minSlots: 1,
    ask: 100,
    timeInForce: TimeInForce.GTC,
    goodTill: null,
  };
  engine.apply({
    kind: 'SubmitOffer',
    orderId: 1,
    participantId: 2,
    sessionId: 0,
    poolId: 1,
    tier: Tier.FIRM,
    terms: offer,
    sequence: ++sequence,
    time,
  });
  const events = new EventBuffer();
  return tasks.map(({ arrival, units, slots }, i) => {
    const terms = {
      ...bidTerms,
      units,
      perNode: units,
      durationSlots: slots,
      earliest: first + arrival + 1,
      latest: first + arrival + 1 + slots,
    };
    events.clear();
    engine.applyTo(
      { kind: 'SubmitBid', orderId: 2 + i, participantId: 1, sessionId: 0, terms, sequence: ++sequence, time: (first + arrival) * slotMs },
      events,
    );
    return events.decode().some(({ kind }) => kind === 'OrderFilled');
  });
}

const bidTerms: BidTerms = {
  books: [1],
  floor: null,
  units: 1,
  precision: null,
  perNode: 1,
  durationSlots: 1,
  earliest: 0,
  latest: 0,
  hours: everyHour,
  weekdays: everyWeekday,
  limitPrice: 100,
  timeInForce: TimeInForce.FOK,
  goodTill: null,
  allOrNone: false,
  minUnits: 0,
  placement: Placement.ANYWHERE,
  together: false,
  constraints: noConstraints,
  standby: null,
  preference: Preference.CHEAPEST,
  demandRegion: 0,
  dataGb: 0,
  noticeSlots: 0,
};

/** What stands in for R-2a here: the first node that fits, or any. */
function byPolicy(tasks: readonly Task[], policy: Exclude<Policy, 'best_fit'>, seed: number): boolean[] {
  const dice = new Dice(seed);
  const free = new Array<number>(nodes).fill(unitsPerNode);
  const ending = new Map<number, [node: number, units: number][]>();
  let now = 0;
  return tasks.map(({ arrival, units, slots }) => {
    for (; now <= arrival; now++) for (const [node, given] of ending.get(now) ?? []) free[node]! += given;
    const fitting = free.flatMap((left, node) => (left >= units ? [node] : []));
    const node = policy === 'first_fit' ? fitting[0] : fitting[dice.roll(fitting.length)];
    if (node === undefined) return false;
    free[node]! -= units;
    const end = arrival + slots;
    ending.set(end, [...(ending.get(end) ?? []), [node, units]]);
    return true;
  });
}

/** Of what the arriving tasks ask; percent of unit-hours. */
function share(tasks: readonly Task[], accepted: readonly boolean[], isOf: (task: Task) => boolean): number {
  let [got, asked] = [0, 0];
  tasks.forEach((task, i) => {
    if (!task.isCounted || !isOf(task)) return;
    asked += task.units * task.slots;
    if (accepted[i]) got += task.units * task.slots;
  });
  return (100 * got) / asked;
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** @param progress is told what runs */
export function run(progress: (text: string) => void) {
  const ran = durations();
  const all = new Map<Policy, number[]>(policies.map((policy) => [policy, []]));
  const eights = new Map<Policy, number[]>(policies.map((policy) => [policy, []]));
  for (const seed of seeds) {
    const tasks = tasksOf(seed, ran);
    for (const policy of policies) {
      const accepted = policy === 'best_fit' ? byEngine(tasks) : byPolicy(tasks, policy, seed);
      all.get(policy)!.push(share(tasks, accepted, () => true));
      eights.get(policy)!.push(share(tasks, accepted, ({ units }) => units === 8));
    }
    progress(`seed ${seed}: ${policies.map((policy) => `${policy} ${all.get(policy)!.at(-1)!.toFixed(2)} %`).join(', ')}`);
  }
  const how = `${nodes} nodes of ${unitsPerNode}, ${tasksOfASeed} tasks a seed of 1, 2, 4, 8 units (40/20/20/20 %), durations of ${ran.length} whole-GPU tasks of openb, arrivals at 110 %, seeds ${seeds[0]} … ${seeds.at(-1)}, mean`;
  const by = (policy: Policy) => (policy === 'best_fit' ? 'the engine (R-2a)' : `${policy} in the benchmark`);
  const result = (metric: string, values: readonly number[], method: string) => ({
    metric,
    value: Math.round(mean(values) * 100) / 100,
    unit: '%',
    method: `${method}; of ${values.map((value) => value.toFixed(2)).join(', ')}`,
  });
  return policies.flatMap((policy) => [
    result(`accepted_unit_hours_percent_${policy}`, all.get(policy)!, `${by(policy)}; ${how}`),
    result(`accepted_unit_hours_percent_${policy}_8_units`, eights.get(policy)!, `8-unit tasks alone; ${by(policy)}; ${how}`),
  ]);
}
