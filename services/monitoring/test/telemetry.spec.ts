import { type RegisteredPool, type Sample, brokenRuleOf, contradictionsOf, nodeSlotsMax, slotsLateMax } from '../src/core/telemetry.js';
import { availabilityBp, judgedWindow, measureGraceMs, measuredAt } from '../src/core/availability.js';

const now = 2_000_000;
const pool: RegisteredPool = { nodeCount: 4, unitsPerNode: 8, powerWattsPerUnit: 400 };
const pools = new Map([
  [1, pool],
  [2, { ...pool, nodeCount: 400, powerWattsPerUnit: 0 }],
]);
const sample = (part: Partial<Sample> = {}): Sample => ({
  poolId: 1,
  node: 0,
  from: now - 4,
  to: now,
  unitsUp: 8,
  utilisationBp: 5_000,
  powerWatts: 2_000,
  ...part,
});

describe('telemetry that is refused', () => {
  const table: [name: string, samples: Sample[], field: string, rule: string][] = [
    ['of a node that is not registered', [sample(), sample({ node: 4 })], 'samples[1].node', 'node_must_be_registered'],
    ['of no time', [sample({ from: now })], 'samples[0].to', 'sample_must_end_after_it_starts'],
    ['of a slot that runs', [sample({ to: now + 1 })], 'samples[0].to', 'telemetry_must_be_of_slots_that_have_passed'],
    ['too late', [sample({ from: now - slotsLateMax - 1 })], 'samples[0].from', 'telemetry_must_not_be_older_than_90_days'],
    [
      'too much at once',
      Array.from({ length: 30 }, (_, node) => sample({ poolId: 2, node, from: now - slotsLateMax })),
      'samples',
      'telemetry_must_fit_one_call',
    ],
    [
      'twice of one slot',
      [sample({ from: now - 2 }), sample({ node: 1 }), sample({ to: now - 1 })],
      'samples[0].from',
      'samples_of_a_node_must_not_overlap',
    ],
  ];
  it.each(table)('%s', (_name, samples, field, rule) => {
    expect(brokenRuleOf(samples, pools, now)).toMatchObject({ field, rule });
  });

  it('while runs that touch, other nodes and other pools are welcome', () => {
    const samples = [sample({ from: now - 2 }), sample({ to: now - 2 }), sample({ node: 3 }), sample({ poolId: 2 })];
    expect(brokenRuleOf(samples, pools, now)).toBeNull();
    expect(nodeSlotsMax).toBeGreaterThan(28 * slotsLateMax);
  });
});

describe('R-24: telemetry against the registration', () => {
  const table: [name: string, part: Partial<Sample>, reason: string | undefined][] = [
    ['all as registered', {}, undefined],
    ['more units than a node has', { unitsUp: 9 }, 'units_up_must_not_exceed_registration: node 0 reports 9 of 8'],
    ['half more than the nameplate', { powerWatts: 4_800 }, undefined],
    ['more than that', { powerWatts: 4_801 }, 'power_must_not_exceed_nameplate_by_half: node 0 reports 4801 W of 3200 W'],
    ['any power where none is declared', { poolId: 2, powerWatts: 4_801 }, undefined],
  ];
  it.each(table)('%s', (_name, part, reason) => {
    const given = sample(part);
    expect(contradictionsOf([given], pools).get(given.poolId)).toBe(reason);
  });
});

describe('R-29: availability', () => {
  it.each([
    [0n, 0n, 10_000],
    [0n, 8n, 0],
    [8n, 8n, 10_000],
    [2n, 3n, 6_666],
  ])('%i of %i unit-slots', (up, due, bp) => {
    expect(availabilityBp(up, due)).toBe(bp);
  });

  it.each([
    ['all of it has passed', { from: 10, to: 20 }, 0, 30, { from: 10, to: 20 }],
    ['it runs: the slots that are over', { from: 10, to: 20 }, 0, 15.5, { from: 10, to: 15 }],
    ['it lies ahead', { from: 10, to: 20 }, 0, 5, { from: 10, to: 10 }],
    ['the pool came later: from its first whole slot', { from: 10, to: 20 }, 12.5, 30, { from: 13, to: 20 }],
    ['the pool came after it', { from: 10, to: 20 }, 25, 30, { from: 25, to: 25 }],
  ])('is judged where %s', (_name, window, since, at, judged) => {
    expect(judgedWindow(window, since * 900_000, at * 900_000)).toEqual(judged);
  });

  it('is final a grace after the end, or after it was told', () => {
    expect(measuredAt(15 * 900_000, 20)).toBe(20 * 900_000 + measureGraceMs);
    expect(measuredAt(25 * 900_000, 20)).toBe(25 * 900_000 + measureGraceMs);
  });
});
