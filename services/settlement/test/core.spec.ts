import fc from 'fast-check';
import { Tier } from '#domain';
import { accountRule } from '../src/core/account.js';
import { giveBack, lessRefunds, linesOf, subsidyShare, totalsOf } from '../src/core/bill.js';
import { partsOf } from '../src/core/bill-parts.js';
import { feeOf } from '../src/core/fee.js';
import { splitCost } from '../src/core/hold.js';
import { endOfMonth, monthOf, monthOfSlot } from '../src/core/month.js';
import { rate } from '../src/core/rating.js';
import type { Rating, RatingInput } from '../src/core/rating.js';
import { inForce } from '../src/core/schedule.js';
import { creditBp, tiersFall } from '../src/core/sla.js';
import { judge } from '../src/core/transfer.js';
import type { BrokenRule, Known, Transfer, TransferOrder } from '../src/core/transfer.js';
import { admit } from '../src/core/usage.js';
import type { UsageRecord } from '../src/core/usage.js';

const single: TransferOrder = { id: 't', kind: 'k', phase: 'single', debit: 'bank', credit: 'participant/1/money', amount: 5n };
const pending = { id: 'p', kind: 'k', phase: 'pending', debit: 'participant/1/money', credit: 'clearing/trade', amount: 10n } as const;
const kept = (...transfers: Transfer[]): Known => ({ transfers: new Map(transfers.map((t) => [t.id, t])), ended: new Set(), now: 1000 });
const withTimeout = { ...pending, timeoutAt: 1000 };

describe('a bill as it is told', () => {
  it.each<[string, string, number, string[]]>([
    ['no line', '', 3, ['']],
    ['as many as fit', 'a a b', 3, ['a a b']],
    ['a bid’s lines stay together', 'a a b b', 3, ['a a', 'b b']],
    ['a bid’s lines, also where others stand between', 'a b a c', 2, ['a a', 'b c']],
    ['a bid of more lines alone', 'a b b b c', 2, ['a', 'b b b', 'c']],
    ['what names a programme first', 'a b P c P Q', 3, ['P P Q', 'a b c']],
    ['a bid of which one line names it', 'a P- b P', 2, ['P- P', 'a b']],
  ])('%s', (_name, lines, most, parts) => {
    // A letter a line and bid; of a capital one lines name a programme, but those with a dash.
    const given = lines.split(' ').filter((name) => name !== '');
    const told = partsOf(
      given.map((name) => ({ name, bidId: name.charCodeAt(0), programmeId: /^[A-Z]$/.test(name) ? 1 : 0 })),
      most,
    );
    expect(told.map((part) => part.map(({ name }) => name).join(' '))).toEqual(parts);
  });
});

describe('R-25 transfers', () => {
  const rules: [BrokenRule, TransferOrder, Known?][] = [
    ['transfer_id_must_not_be_empty', { ...single, id: '', amount: 0n }],
    ['transfer_id_must_not_be_reused', { ...single, amount: 6n }, kept(single)],
    ['transfer_id_must_not_be_reused', { id: 't', kind: 'k', phase: 'post', pendingId: 'p' }, kept(single, pending)],
    ['amount_must_be_positive', { ...single, amount: 0n, debit: 'nowhere' }],
    ['amount_must_be_positive', { id: 't', kind: 'k', phase: 'post', pendingId: 'p', amount: -1n }, kept(pending)],
    ['account_must_exist', { ...single, debit: 'participant/0/money' }],
    ['account_must_exist', { ...single, credit: 'participant/1/purse' }],
    ['accounts_must_differ', { ...single, debit: 'fee', credit: 'fee' }],
    ['accounts_must_have_one_currency', { ...single, credit: 'participant/1/money@USD', corrects: 'none' }],
    ['corrected_transfer_must_exist', { ...single, corrects: 'none' }],
    ['pending_transfer_must_exist', { id: 't', kind: 'k', phase: 'post', pendingId: 'p' }],
    ['transfer_must_be_pending', { id: 'u', kind: 'k', phase: 'void', pendingId: 't' }, kept(single)],
    [
      'pending_transfer_must_not_have_ended',
      { id: 't', kind: 'k', phase: 'void', pendingId: 'p' },
      { ...kept(withTimeout), ended: new Set(['p']) },
    ],
    ['pending_transfer_must_not_have_timed_out', { id: 't', kind: 'k', phase: 'post', pendingId: 'p', amount: 11n }, kept(withTimeout)],
    ['pending_transfer_must_have_timed_out', { id: 't', kind: 'k', phase: 'timeout', pendingId: 'p' }, kept(pending)],
    ['amount_must_not_exceed_the_pending_amount', { id: 't', kind: 'k', phase: 'post', pendingId: 'p', amount: 11n }, kept(pending)],
  ];
  it.each(rules)('%s', (rule, order, known = kept()) => {
    expect(judge([order], known)).toEqual({ ok: false, rule, id: order.id });
  });

  it('a set is judged whole: two ends of one pending transfer break it', () => {
    const end = { kind: 'k', pendingId: 'p' } as const;
    const verdict = judge(
      [
        { ...end, id: 'a', phase: 'post' },
        { ...end, id: 'b', phase: 'void' },
      ],
      kept(pending),
    );
    expect(verdict).toEqual({ ok: false, rule: 'pending_transfer_must_not_have_ended', id: 'b' });
  });

  it('said again it does nothing', () => {
    expect(judge([single, single], kept(single as Transfer))).toEqual({ ok: true, fresh: [], deltas: new Map() });
  });

  it.each<[string, TransferOrder, bigint[], bigint[]]>([
    ['pending only holds', pending, [10n, 0n, 0n, 0n], [0n, 0n, 10n, 0n]],
    [
      'a post of a part releases the rest',
      { id: 't', kind: 'k', phase: 'post', pendingId: 'q', amount: 4n },
      [-10n, 4n, 0n, 0n],
      [0n, 0n, -10n, 4n],
    ],
    ['a void releases all', { id: 't', kind: 'k', phase: 'void', pendingId: 'q' }, [-10n, 0n, 0n, 0n], [0n, 0n, -10n, 0n]],
  ])('%s', (_what, order, debit, credit) => {
    const verdict = judge([order], kept({ ...pending, id: 'q' }));
    const of = (account: string): bigint[] => (verdict.ok ? Object.values<bigint>({ ...verdict.deltas.get(account) }) : []);
    expect([of('participant/1/money'), of('clearing/trade')]).toEqual([debit, credit]);
  });

  it.each([
    ['participant/12/money', 'participant/*/money', true, false],
    ['participant/12/receivable', 'participant/*/receivable', false, true],
    ['participant/12/disputed', 'participant/*/disputed', true, false],
    ['programme/3/held', 'programme/*/held', true, false],
    ['bank', 'bank', false, false],
    ['clearing/trade@USD', 'clearing/trade', false, false],
  ])('%s is an account', (code, kind, debitsLimited, creditsLimited) => {
    expect(accountRule(code)).toMatchObject({ kind, debitsLimited, creditsLimited });
  });
  it.each(['', 'participant/01/money', 'participant/1', 'bank/1', 'clearing/money', 'fee@usd'])('%p is none', (code) => {
    expect(accountRule(code)).toBeUndefined();
  });
});

const fee = { version: 1, effectiveFrom: 0, feeBp: 300 };
const sla = {
  version: 1,
  effectiveFrom: 0,
  tiers: [
    [9990, 0],
    [9900, 1000],
    [9500, 2500],
  ].map(([availabilityBp, creditBp]) => ({ availabilityBp: availabilityBp!, creditBp: creditBp! })),
};

describe('R-27, R-28 rating', () => {
  const whole = { unitSlotsDue: 32, unitSlotsUp: 32 };
  const lease = { price: 100, transferAmount: 7n, standing: 32, held: 807n, usedUnitSlots: undefined, fee, sla };
  const cases: [string, Partial<RatingInput>, Partial<Rating>][] = [
    [
      'FIRM pays its window, whatever was used',
      { tier: Tier.FIRM, usedUnitSlots: 3 },
      { unitSlots: 32, compute: 800n, transfer: 7n, credit: 0n, fee: 24n, cost: 807n, income: 776n },
    ],
    [
      'R-24 cut short it pays what stood, and the transfer that is still held',
      { tier: Tier.FIRM, standing: 12, held: 303n },
      { unitSlots: 12, compute: 300n, transfer: 3n, cost: 303n },
    ],
    [
      'where no slot stood it pays nothing, no transfer either',
      { tier: Tier.FIRM, standing: 0, held: 4n },
      { unitSlots: 0, compute: 0n, transfer: 0n, cost: 0n, income: 0n },
    ],
    [
      'RECLAIMABLE pays what was recorded, and the whole transfer',
      { tier: Tier.RECLAIMABLE, usedUnitSlots: 5 },
      { unitSlots: 5, compute: 125n, transfer: 7n, fee: 3n, cost: 132n, income: 122n },
    ],
    [
      'RECLAIMABLE without records pays what was measured, and has no credit',
      { tier: Tier.RECLAIMABLE, measured: { unitSlotsDue: 32, unitSlotsUp: 9 } },
      { unitSlots: 9, compute: 225n, creditBp: 0, credit: 0n },
    ],
    ['RECLAIMABLE never pays more than what stood', { tier: Tier.RECLAIMABLE, usedUnitSlots: 99 }, { unitSlots: 32, compute: 800n }],
    [
      'a credit comes off before the fee',
      { tier: Tier.FIRM, measured: { unitSlotsDue: 1000, unitSlotsUp: 960 } },
      { creditBp: 2500, credit: 200n, fee: 18n, cost: 607n, income: 582n },
    ],
  ];
  it.each(cases)('%s', (_what, given, expected) => {
    expect(rate({ tier: Tier.FIRM, measured: whole, ...lease, ...given })).toMatchObject(expected);
  });

  it('R-27 the fee rounds down', () => expect(feeOf(333n, fee)).toBe(9n));

  it.each([
    [10_000, 10_000, 0],
    [10_000, 9_990, 0],
    [10_000, 9_989, 1000],
    [3, 2, 10_000],
    [0, 0, 0],
  ])('R-29 of %i unit-slots %i were up: %i bp', (due, up, bp) => expect(creditBp(sla, due, up)).toBe(bp));

  it.each([
    [
      true,
      [
        [9990, 0],
        [9000, 100],
      ],
    ],
    [false, []],
    [
      false,
      [
        [9000, 0],
        [9990, 100],
      ],
    ],
    [
      false,
      [
        [9990, 100],
        [9000, 100],
      ],
    ],
  ])('R-29 tiers fall: %p for %p', (falls, tiers) => {
    expect(tiersFall(tiers.map(([availabilityBp, creditBp]) => ({ availabilityBp: availabilityBp!, creditBp: creditBp! })))).toBe(falls);
  });

  it('R-27 the newest version that has begun counts', () => {
    const versions = [
      { version: 1, effectiveFrom: 0 },
      { version: 3, effectiveFrom: 50 },
      { version: 2, effectiveFrom: 50 },
      { version: 4, effectiveFrom: 90 },
    ];
    expect([0, 49, 50, 89, 90].map((at) => inForce(versions, at).version)).toEqual([1, 1, 3, 3, 4]);
  });
});

describe('R-27, R-33 holds', () => {
  it.each([
    ['subsidy pays its rate', [50n, 3000, { money: 70n, subsidy: 30n }], { money: 35n, subsidy: 15n }],
    ['no more than is held', [90n, 3000, { money: 80n, subsidy: 20n }], { money: 70n, subsidy: 20n }],
    ['more where money does not reach', [100n, 3000, { money: 60n, subsidy: 50n }], { money: 60n, subsidy: 40n }],
    ['parts of a micro-yuan fall to the buyer', [8n, 3333, { money: 7n, subsidy: 2n }], { money: 6n, subsidy: 2n }],
    ['without a subsidy money pays', [100n, 0, { money: 100n, subsidy: 0n }], { money: 100n, subsidy: 0n }],
  ] as const)('%s', (_what, [amount, rateBp, held], split) => {
    expect(splitCost(amount, rateBp, held)).toEqual(split);
  });

  it('a cost beyond the hold is an error', () => {
    expect(() => splitCost(101n, 5000, { money: 50n, subsidy: 50n })).toThrow('cost_must_be_within_what_the_trade_holds');
  });

  it('a cost within a hold is always covered by it', () => {
    const amounts = fc.tuple(fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 0, max: 10_000 }), fc.nat(10_000));
    fc.assert(
      fc.property(amounts, ([money, subsidy, rateBp, part]) => {
        const cost = ((money + subsidy) * BigInt(part)) / 10_000n;
        const split = splitCost(cost, rateBp, { money, subsidy });
        expect(split.money + split.subsidy).toBe(cost);
        expect(split.money >= 0n && split.money <= money && split.subsidy >= 0n && split.subsidy <= subsidy).toBe(true);
      }),
    );
  });
});

describe('R-27 bills', () => {
  it('each line rounds half-even to fen, once', () => {
    const billable = (ratingId: number, compute: bigint, transfer = 0n, credit = 0n, revision = 1) => ({
      ratingId,
      revision,
      compute,
      transfer,
      credit,
      subsidy: 1n,
    });
    const lines = linesOf([billable(1, 15_000n, 25_000n, 5_001n), billable(2, 0n), billable(1, -7_000n, 0n, 0n, 2)]);
    expect(lines.map((l) => [l.line, l.ratingId, l.kind, l.exact, l.rounding, l.amount, l.subsidy])).toEqual([
      [1, 1, 'compute', 15_000n, 5_000n, 20_000n, 1n],
      [2, 1, 'transfer', 25_000n, -5_000n, 20_000n, 0n],
      [3, 1, 'sla_credit', -5_001n, -4_999n, -10_000n, 0n],
      [4, 2, 'compute', 0n, 0n, 0n, 1n],
      [5, 1, 'adjustment', -7_000n, -3_000n, -10_000n, 1n],
    ]);
    expect(totalsOf(lines)).toEqual({ total: 20_000n, rounding: -7_999n, subsidy: 3n });
  });

  it('R-33 a refund comes from each hand in proportion', () => {
    const left = { exact: 33_333n, amount: 30_000n };
    expect(giveBack(10_000n, left, fee)).toEqual({ exact: 11_111n, fromFee: 333n, fromRounding: -1_111n, fromPayee: 10_778n });
    expect(giveBack(30_000n, left, fee)).toEqual({ exact: 33_333n, fromFee: 999n, fromRounding: -3_333n, fromPayee: 32_334n });
    expect(giveBack(10_000n, left, undefined)).toMatchObject({ fromFee: 0n, fromPayee: 11_111n });
    expect([lessRefunds(5n, 3n), lessRefunds(3n, 5n)]).toEqual([2n, 0n]);
    expect(subsidyShare(10_000n, { subsidy: 100n, left: 100n, cost: 30_001n })).toBe(34n);
    expect(subsidyShare(10_000n, { subsidy: 100n, left: 5n, cost: 30_001n })).toBe(5n);
    expect(subsidyShare(10_000n, { subsidy: 0n, left: 0n, cost: 0n })).toBe(0n);
  });

  it.each(['1970-01', '2024-02', '2025-12', '2026-02', '2100-02', '2399-12'])('the end of %s in Asia/Shanghai', (month) => {
    const [year, number] = month.split('-').map(Number) as [number, number];
    const end = Date.UTC(year, number, 1) - 8 * 3_600_000;
    expect(endOfMonth(month) * 900_000).toBe(end);
    expect([monthOfSlot(endOfMonth(month) - 1), monthOf(end - 1)]).toEqual([month, month]);
    expect(monthOf(end)).not.toBe(month);
  });
});

describe('R-28 usage', () => {
  const leases = new Map([[7, { units: 2, from: 100, to: 110 }]]);
  const record: UsageRecord = { recordId: 'a', version: 1, tradeId: 7, meterSequence: 1, from: 100, to: 104, unitSlots: 8 };
  const now = 110 * 900_000;
  it.each<[string, Partial<UsageRecord>, string]>([
    ['usage_record_must_not_change', { unitSlots: 7 }, 'recordId'],
    ['entity_must_exist', { tradeId: 8, recordId: 'b' }, 'leaseId'],
    ['usage_window_must_end_after_it_starts', { recordId: 'b', meterSequence: 2, from: 104 }, 'window'],
    ['usage_window_must_lie_in_the_lease', { recordId: 'b', meterSequence: 2, from: 99, to: 100 }, 'window'],
    ['usage_window_must_lie_in_the_lease', { recordId: 'b', meterSequence: 2, from: 109, to: 111 }, 'window'],
    ['usage_must_not_exceed_the_units', { recordId: 'b', meterSequence: 2, from: 104, to: 105, unitSlots: 3 }, 'unitSlots'],
    ['meter_sequence_must_be_new', { recordId: 'b', from: 104, to: 108 }, 'meterSequence'],
    ['usage_windows_must_not_overlap', { recordId: 'b', meterSequence: 2, from: 103, to: 107 }, 'window'],
  ])('%s', (rule, change, field) => {
    expect(admit([{ ...record, ...change }], leases, [record], now)).toEqual({
      fresh: [],
      duplicates: 0,
      broken: [{ at: 0, rule, field }],
    });
  });

  it('usage_window_must_be_over', () => {
    expect(admit([record], leases, [], 104 * 900_000 - 1).broken).toEqual([
      { at: 0, rule: 'usage_window_must_be_over', field: 'window.to' },
    ]);
    expect(admit([record], leases, [], 104 * 900_000).broken).toEqual([]);
  });

  it('usage_record_must_keep_its_lease', () => {
    const moved = { ...record, version: 2, tradeId: 9 };
    const both = new Map([...leases, [9, { units: 2, from: 100, to: 110 }] as const]);
    expect(admit([moved], both, [record], now).broken).toMatchObject([{ rule: 'usage_record_must_keep_its_lease' }]);
  });

  it('a record said again does nothing, a later version supersedes and frees its window', () => {
    const later = { ...record, version: 2, to: 102, unitSlots: 4 };
    const next = { ...record, recordId: 'b', meterSequence: 2, from: 102, to: 104, unitSlots: 4 };
    expect(admit([record, later, next], leases, [record], now)).toEqual({ fresh: [later, next], duplicates: 1, broken: [] });
  });

  it('every bad record of a call is named', () => {
    const bad = { ...record, recordId: 'b', meterSequence: 2, from: 1, to: 2 };
    expect(admit([record, bad, { ...bad, recordId: 'c', meterSequence: 3 }], leases, [], now).broken.map(({ at }) => at)).toEqual([1, 2]);
  });
});
