import {
  amountOf,
  dayText,
  divideHalfEven,
  divideUp,
  firstSellableSlot,
  formatYuan,
  isPrice,
  maxPrice,
  numberOfTrade,
  parseYuan,
  passesWorstCase,
  roundToFen,
  shanghaiDay,
  shanghaiHour,
  shanghaiWeekday,
  shardOfTrade,
  shareOf,
  slotAt,
  slotIsAllowed,
  slotMs,
  startOfShanghaiDay,
  tradeId,
} from '#domain';

describe('money', () => {
  it('rounds half to even, away from zero by no side', () => {
    const rows: [bigint, bigint, bigint][] = [
      [5n, 2n, 2n],
      [7n, 2n, 4n],
      [-5n, 2n, -2n],
      [-7n, 2n, -4n],
      [6n, 4n, 2n],
      [10n, 4n, 2n],
      [11n, 4n, 3n],
      [-11n, 4n, -3n],
    ];
    for (const [dividend, divisor, quotient] of rows) expect(divideHalfEven(dividend, divisor)).toBe(quotient);
    expect(roundToFen(12_345n)).toBe(10_000n);
    expect(roundToFen(15_000n)).toBe(20_000n);
    expect(divideUp(7n, 2n)).toBe(4n);
    expect(shareOf(999n, 5_000)).toBe(499n);
  });

  it('is written and read as yuan', () => {
    for (const [micro, text] of [
      [0n, '0'],
      [12_500_000n, '12.5'],
      [-1n, '-0.000001'],
      [1_000_000_000_000n, '1000000'],
    ] as const) {
      expect(formatYuan(micro)).toBe(text);
      expect(parseYuan(text)).toBe(micro);
    }
    for (const text of ['', '1.', '.5', '1.0000001', '1e3', '+1', ' 1', '1 ']) expect(parseYuan(text)).toBeNull();
  });
});

describe('prices', () => {
  it('lie on the tick, up to the highest', () => {
    expect([100, 9_000_000_000].every(isPrice)).toBe(true);
    expect([0, -100, 150, 9_000_000_100, 100.5, Number.NaN].some(isPrice)).toBe(false);
  });

  it('give whole amounts, exact to the edge of what an order may be worth', () => {
    expect(amountOf(100, 1, 1)).toBe(25);
    expect(amountOf(maxPrice, 1_000_000, 4)).toBe(9_000_000_000_000_000);
    expect(passesWorstCase(maxPrice, 1_000_000, 4)).toBe(false);
    expect(passesWorstCase(maxPrice, 1_000_000, 5)).toBe(true);
  });
});

describe('slots', () => {
  it('know the hour, day and weekday in Asia/Shanghai', () => {
    const of = (iso: string): number => slotAt(Date.parse(iso));
    const formatter = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
    const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    for (let slot = of('2026-02-27T00:00:00Z'); slot < of('2026-03-03T00:00:00Z'); slot++) {
      const parts = Object.fromEntries(formatter.formatToParts(slot * slotMs).map(({ type, value }) => [type, value]));
      expect(shanghaiHour(slot)).toBe(Number(parts['hour']));
      expect(weekdays[shanghaiWeekday(slot)]).toBe(parts['weekday']);
    }
    const midnight = of('2026-03-01T00:00:00+08:00');
    expect(startOfShanghaiDay(shanghaiDay(midnight))).toBe(midnight);
    expect(shanghaiDay(midnight - 1)).toBe(shanghaiDay(midnight) - 1);
    expect(slotIsAllowed(midnight, 1, 1 << 6)).toBe(true);
    expect(slotIsAllowed(midnight, 2, 1 << 6)).toBe(false);
    expect(slotIsAllowed(midnight, 1, 1)).toBe(false);
  });

  it('are sold from the one after the present one, at a boundary too', () => {
    expect(firstSellableSlot(10 * slotMs)).toBe(11);
    expect(firstSellableSlot(10 * slotMs - 1)).toBe(10);
  });
});

describe('trade ids', () => {
  it('hold the shard and the number', () => {
    const id = tradeId(3, 12_345);
    expect([shardOfTrade(id), numberOfTrade(id)]).toEqual([3, 12_345]);
  });
});

it('days are written as the calendar has them', () => {
  const expected = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
  // Every day of an era of 400 years, and what lies at its edges and far from it.
  const days = [...Array.from({ length: 146_098 }, (_, at) => at - 60_000), -719_468, 2_932_896];
  expect(days.filter((day) => dayText(day) !== expected(day))).toEqual([]);
});
