// The soak's verdict, on samples that are made up: what stays as it is passes, and each thing that grows is named.
import { judge, type Load, type Sample } from '../verdict.js';

const hour = 3_600_000;
const warmUp = hour / 6;
const load: Load = { ordersPerHour: 36_000, tradesPerHour: 3_600, refused: 0, ended: [], lagAtRest: 0, deadLetters: 0, imbalance: '0' };

/** Up and down as garbage collections have it, the same in every run. */
const wave = (index: number, height: number) => height * (((index * 7) % 10) / 10 + ((index * 13) % 17) / 17);

interface Growth {
  readonly money?: number;
  readonly heap?: number;
  readonly scheduler?: number;
  readonly kafka?: number;
  readonly lag?: number;
  readonly postgresql?: number;
  /** MiB that money-1 takes at once after 27 minutes, and keeps. */
  readonly step?: number;
}

/** An hour, of which the first minutes warm up; what grows does so by the hour. */
function samples({ money = 0, heap = 0, scheduler = 0, kafka = 0, lag = 0, postgresql = 0, step = 0 }: Growth): Sample[] {
  return Array.from({ length: 360 }, (_, index) => {
    const hours = index / 360;
    const warming = 60 * Math.min(1, (hours * hour) / warmUp);
    const resident = (perHour: number) => 150 + warming + perHour * hours + wave(index, 20);
    return {
      atMs: 1_000_000 + hours * hour,
      memory: {
        'money-1': { residentMiB: resident(money) + (hours < 0.45 ? 0 : step), heapMiB: 40 + warming + heap * hours + wave(index, 30) },
        'scheduler-1': { residentMiB: resident(scheduler), heapMiB: 60 },
        'kafka-1': { residentMiB: resident(kafka) },
      },
      lag: Math.round(wave(index, 40) + lag * hours),
      connections: { postgresql: 100 + Math.round(postgresql * hours) + (index % 3), redis: 16, kafka: 40 + (index % 2) },
    };
  });
}

const faultsOf = (growth: Growth, of: Partial<Load> = {}) => judge(samples(growth), warmUp, { ...load, ...of }).faults;

describe("a soak's verdict", () => {
  it('passes what warms up and then stays as it is', () => {
    const { ok, faults, trends } = judge(samples({}), warmUp, load);
    expect({ ok, faults }).toEqual({ ok: true, faults: [] });
    expect(trends.map(({ name }) => name)).toEqual([
      'money-1 resident MiB',
      'money-1 heap MiB',
      'scheduler-1 resident MiB',
      'scheduler-1 heap MiB',
      'kafka-1 resident MiB',
      'events that wait',
      'postgresql connections',
      'redis connections',
      'kafka connections',
    ]);
    for (const { perHour } of trends) expect(Math.abs(perHour)).toBeLessThan(6);
  });

  it.each<[string, Growth]>([
    ['money-1 resident MiB', { money: 60 }],
    ['money-1 heap MiB', { heap: 60 }],
    ['scheduler-1 resident MiB', { scheduler: 160 }],
    ['events that wait', { lag: 1_000 }],
    ['postgresql connections', { postgresql: 10 }],
  ])('names %s where they leak', (name, growth) => {
    expect(faultsOf(growth)).toEqual([expect.stringMatching(new RegExp(`^${name} grow by`))]);
  });

  // V8 keeps pages that its heap needed once.
  it('knows a step that stays from a leak, and a leak that begins with a step', () => {
    expect(faultsOf({ step: 60 })).toEqual([]);
    expect(faultsOf({ step: 60, money: 60 })).toEqual([expect.stringMatching(/^money-1 resident MiB grow by/)]);
  });

  it('finds the slope of a leak behind the ups and downs', () => {
    const { trends } = judge(samples({ money: 60 }), warmUp, load);
    const { perHour, margin } = trends.find(({ name }) => name === 'money-1 resident MiB')!;
    expect(Math.abs(perHour - 60)).toBeLessThan(6);
    expect(margin).toBeLessThan(10);
  });

  it('lets a market grow by what it must keep, and Kafka up to its bound', () => {
    // 36,000 orders of 1 KiB and 3,600 trades of 8 KiB.
    expect(faultsOf({ scheduler: 63 })).toEqual([]);
    expect(faultsOf({ kafka: 300 })).toEqual([]);
  });

  it.each<[RegExp, Partial<Load>]>([
    [/^3 events wait after the load/, { lagAtRest: 3 }],
    [/^1 dead letters/, { deadLetters: 1 }],
    [/out of balance by 0.01/, { imbalance: '0.01' }],
    [/^2 orders were refused/, { refused: 2 }],
    [/^scheduler-1 ended after 21.0 minutes/, { ended: ['scheduler-1 ended after 21.0 minutes; it said last: out of memory'] }],
  ])('fails by %s', (fault, of) => {
    expect(faultsOf({}, of)).toEqual([expect.stringMatching(fault)]);
  });
});
