// The judge of the drills sees what it is there to see: each row doctors one thing of what is right.
import type { Acknowledged } from '../load.js';
import { judge, type Observed } from '../verdict.js';

const ack = (once: string, orderId: number, tradeIds: number[] = [], kind: 'bid' | 'offer' = 'bid'): Acknowledged => ({
  once,
  kind,
  orderId,
  tradeIds,
  begun: 0,
  wasUnknown: false,
});

const ours = [ack('buys', 1, [11]), ack('rests', 2), ack('sells', 3, [], 'offer')];
const before = [ack('older', 4, [14])];
const right: Observed = {
  orders: [
    { once: 'buys', orderId: 1 },
    { once: 'rests', orderId: 2 },
    { once: 'sells', orderId: 3 },
    { once: 'older', orderId: 4 },
  ],
  shown: new Set([1, 2, 3]),
  trades: [
    { tradeId: 11, orderId: 1, amount: 2_000_000n },
    { tradeId: 14, orderId: 4, amount: 1_000_000n },
  ],
  holds: [
    { tradeId: 11, amount: 2_000_000n },
    { tradeId: 14, amount: 1_000_000n },
  ],
  imbalance: 0n,
};

it('finds nothing where all is right', () => {
  expect(judge(ours, before, right)).toEqual({ lost: [], doubled: [], imbalance: 0n });
});

const { orders, trades, holds } = right;
const lost: [string, Partial<Observed>, string][] = [
  ['an order that no journal has', { orders: orders.filter(({ once }) => once !== 'rests') }, "bid rests is not in the market's tables"],
  [
    'an order of another number',
    { orders: orders.map((one) => (one.once === 'rests' ? { ...one, orderId: 9 } : one)) },
    'bid rests is not',
  ],
  ['an offer', { orders: orders.filter(({ once }) => once !== 'sells') }, "offer sells is not in the market's tables"],
  ['an order of an earlier drill', { orders: orders.filter(({ once }) => once !== 'older') }, "bid older is not in the market's tables"],
  ['an order that its owner is not shown', { shown: new Set([1, 3]) }, 'bid rests is not shown'],
  ['a trade that was told', { trades: trades.slice(1), holds: holds.slice(1) }, "trade 11 of buys is not the market's"],
  ['a trade of another order', { trades: [{ ...trades[0]!, orderId: 2 }, trades[1]!] }, "trade 11 of buys is not the market's"],
  ['a hold', { holds: holds.slice(1) }, 'trade 11 holds 0 of 2000000'],
  ['a part of a hold', { holds: [{ tradeId: 11, amount: 1_999_999n }, holds[1]!] }, 'trade 11 holds 1999999 of 2000000'],
];

it.each(lost)('sees as lost: %s', (_what, doctored, words) => {
  const verdict = judge(ours, before, { ...right, ...doctored });
  expect(verdict.lost).toEqual([expect.stringContaining(words)]);
  expect(verdict.doubled).toEqual([]);
});

const doubled: [string, Partial<Observed>, string][] = [
  ['an order', { orders: [...orders, { once: 'rests', orderId: 9 }] }, 'rests is 2 orders'],
  [
    'a fill',
    { trades: [...trades, { ...trades[0]!, tradeId: 12 }], holds: [...holds, { tradeId: 12, amount: 2_000_000n }] },
    'order 1 has 2',
  ],
  ['a hold', { holds: [...holds, holds[0]!] }, 'trade 11 holds 4000000 for 2000000 by 2 sets'],
  ['a hold in halves', { holds: [...[1, 2].map(() => ({ tradeId: 11, amount: 1_000_000n })), holds[1]!] }, 'trade 11 holds 2000000'],
  ['money of a hold', { holds: [{ tradeId: 11, amount: 2_000_001n }, holds[1]!] }, 'trade 11 holds 2000001 for 2000000 by 1 sets'],
  ['a hold without a trade', { holds: [...holds, { tradeId: 99, amount: 1n }] }, 'trade 99 is held and was never made'],
];

it.each(doubled)('sees as doubled: %s', (_what, doctored, words) => {
  const verdict = judge(ours, before, { ...right, ...doctored });
  expect(verdict.doubled).toEqual([expect.stringContaining(words)]);
  expect(verdict.lost).toEqual([]);
});

it('passes the imbalance on', () => {
  expect(judge(ours, before, { ...right, imbalance: 7n }).imbalance).toBe(7n);
});
