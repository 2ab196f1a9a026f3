// The rules between platforms, one row a reason.
import { slotAt } from '#domain';
import { pauseMs } from '../src/core/backoff.js';
import { amountOfDelivery, apportioned } from '../src/core/delivery.js';
import { brokenBy, clockMsMax, passingValidMsMax, type Said } from '../src/core/hearing.js';
import { type Learned, PieceState, movedPiece } from '../src/core/piece.js';
import { PartnerState, moved } from '../src/core/partner-state.js';
import { taken } from '../src/core/rate.js';
import { ReservationState, afterCancel, afterCommit, decisionOf, isCovered, onCommit, onReserve } from '../src/core/reservation.js';
import { afterWhich, takingOf } from '../src/core/serial.js';
import { brokenByRemote, expiryMsMax } from '../src/core/supply.js';
import {
  agreedOf,
  daysToState,
  differing,
  givenBackOf,
  isOfPart,
  ofPlainLine,
  otherSide,
  partsOf,
  plainLine,
  Side,
  sumsOf,
} from '../src/core/statement.js';
import {
  isAdjustment,
  isCompensation,
  itemBefore,
  itemId,
  type LineKind,
  lineKindOf,
  plainId,
  readItemId,
} from '../src/core/statement-item.js';
import { type Advertised, type Terms, brokenByTerms } from '../src/core/terms.js';
import { agreed } from '../src/core/version.js';

const now = Date.parse('2026-01-01T00:00:00+08:00');
const hour = 3_600_000;

describe('a message is refused for the first rule that it breaks', () => {
  const good: Said = { saidAt: now, validUntil: now, isKnownId: false, isPassing: true, state: PartnerState.ACTIVE };

  it.each<[string, Partial<Said>, string | undefined, boolean?]>([
    ['an hour ahead, whatever else', { saidAt: now + hour, isKnownId: true, validUntil: 0, state: 3 }, 'clocks_must_agree', true],
    ['an hour behind', { saidAt: now - hour }, 'clocks_must_agree', true],
    ['just beyond what clocks may differ', { saidAt: now - clockMsMax - 1 }, 'clocks_must_agree', true],
    ['as much as they may', { saidAt: now + clockMsMax }, undefined],
    ['good for as long as it may be', { validUntil: now + passingValidMsMax }, undefined],
    ['good for longer', { validUntil: now + passingValidMsMax + 1, state: 2 }, 'message_must_expire_within_31_days'],
    ['good for longer, and kept for good', { validUntil: now + passingValidMsMax + 1, isPassing: false }, undefined],
    ['another under the same id', { isKnownId: true, validUntil: 0, state: 3 }, 'message_id_must_not_be_reused'],
    ['late', { validUntil: now - 1, state: 2 }, 'message_must_be_said_in_time'],
    ['at its last moment', { validUntil: now }, undefined],
    ['of a suspended partner', { state: PartnerState.SUSPENDED }, 'partner_must_not_be_suspended'],
    ['of one that has left', { state: PartnerState.LEFT }, 'partner_must_not_have_left'],
  ])('%s', (_name, said, rule, again = false) => {
    const broken = brokenBy({ ...good, ...said }, now);
    expect(broken && { rule: broken.rule, again: broken.again }).toEqual(rule && { rule, again });
  });
});

describe('an advertisement by its serial, where 4 was heard', () => {
  it.each([
    [5, false, 'take'],
    [5, true, 'take'],
    [6, false, 'gap'],
    [9, true, 'take'],
    [4, false, 'twice'],
    [4, true, 'twice'],
    [3, true, 'old'],
    [1, false, 'old'],
  ])('%i, full: %s: %s', (serial, full, taking) => expect(takingOf({ serial, full }, 4)).toBe(taking));
});

describe('all is advertised anew', () => {
  it.each<[string, number, number, boolean, number | undefined]>([
    ['where the partner has come as far: not', 4, 4, false, undefined],
    ['where it has forgotten', 4, 2, false, 4],
    ['where something is on its way that may mend it: not', 4, 2, true, undefined],
    ['where it knows of more than was said: this side was restored', 4, 7, false, 7],
    ['and so also with something on its way', 4, 7, true, 7],
    ['where nothing was said yet', 0, 0, false, 0],
  ])('%s', (_name, said, heard, isWaiting, after) => expect(afterWhich({ said, heard, isWaiting })).toBe(after));
});

describe('supply of a partner', () => {
  const slot = slotAt(now);
  const good = { computeClass: 2, zone: 1, window: { from: slot + 4, to: slot + 8 }, expiresAt: now + hour };
  const limits = { classes: [2], zones: [1] };

  it.each<[string, Partial<typeof good>, string | undefined]>([
    ['within all limits', {}, undefined],
    ['of a class that is not granted, and expired', { computeClass: 1, expiresAt: now }, 'class_must_be_granted_to_the_partner'],
    ['of a zone that is not granted', { zone: 3 }, 'zone_must_be_granted_to_the_partner'],
    ['for no slot', { window: { from: slot + 8, to: slot + 8 } }, 'window_must_not_be_empty'],
    ['for the slot under way', { window: { from: slot, to: slot + 1 } }, 'window_must_not_be_over'],
    ['expired', { expiresAt: now }, 'advert_must_not_have_expired'],
    ['for as long as it may', { expiresAt: now + expiryMsMax }, undefined],
    ['for longer', { expiresAt: now + expiryMsMax + 1 }, 'advert_must_expire_within_7_days'],
  ])('%s', (_name, change, rule) => expect(brokenByRemote({ ...good, ...change }, limits, now)).toBe(rule));
});

it.each([
  [1, 1_000],
  [2, 2_000],
  [6, 32_000],
  [7, 60_000],
  [1_000_000, 60_000],
])('after attempt %i it waits %i ms', (attempts, ms) => expect(pauseMs(attempts)).toBe(ms));

it('whose rate was exceeded waits a second, however often it was asked', () =>
  expect(pauseMs(7, 'messages_must_keep_the_rate: Shuitu may say 50 messages a second')).toBe(1_000));

it('a rate of 2 lets 2 in at once, then one each half second', () => {
  let bucket = { tokens: 2_000, filledAt: now };
  const take = (ms: number) => {
    const left = taken(bucket, 2, now + ms);
    bucket = left ?? bucket;
    return left !== undefined;
  };
  expect([0, 0, 0, 499, 500, 500, 1_000, 9_000, 9_000, 9_000].map(take)).toEqual([
    ...[true, true, false, false, true, false, true, true, true, false],
  ]);
});

it.each([
  [[9, 1], 1],
  [[2], undefined],
  [[], undefined],
])('of %j version %s is agreed on', (theirs, version) => expect(agreed(theirs)).toBe(version));

it.each<[string, string[], [string, string, number][]]>([
  ['nothing', [], [['', '', 0]]],
  ['as many as go into one', ['a', 'b', 'c'], [['', '', 3]]],
  [
    'more',
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    [
      ['', 'c', 3],
      ['c', 'f', 3],
      ['f', '', 1],
    ],
  ],
  [
    'one id on both sides stays together',
    ['a', 'b', 'c', 'c', 'd'],
    [
      ['', 'b', 2],
      ['b', '', 3],
    ],
  ],
])('R-36: a day of %s, in parts of three', (_name, ids, parts) =>
  expect(
    partsOf(
      ids.map((id) => ({ id })),
      3,
    ).map(({ fromId, toId, items }) => [fromId, toId, items.length]),
  ).toEqual(parts),
);

it.each([
  ['99.9 % is whole', 10_000, 9_990, 100n],
  ['less is not', 10_000, 9_989, 90n],
  ['99 %', 100, 99, 90n],
  ['95 %', 100, 95, 75n],
  ['90 %', 100, 90, 50n],
  ['below', 100, 89, 0n],
  ['nothing was due', 0, 0, 100n],
])('R-29: what a delivery is owed: %s', (_name, due, up, owed) =>
  expect(amountOfDelivery(100, { unitSlots: 4, due, up, energyWh: 0, energyMeasured: true })).toBe(owed),
);

it('what stood fills the trades in their order, and all were up for the same share', () => {
  const all = { unitSlots: 100, due: 100, up: 50, energyWh: 1_001, energyMeasured: true };
  expect(apportioned([64, 32, 64], all).map(({ unitSlots, due, up, energyWh }) => [unitSlots, due, up, energyWh])).toEqual([
    [64, 64, 32, 640],
    [32, 32, 16, 320],
    [4, 4, 2, 41],
  ]);
  expect(apportioned([64, 64], { ...all, unitSlots: 0 }).map(({ due, energyWh }) => [due, energyWh])).toEqual([
    [100, 1_001],
    [0, 0],
  ]);
});

it.each([
  [PartnerState.ACTIVE, 'suspend', PartnerState.SUSPENDED],
  [PartnerState.SUSPENDED, 'resume', PartnerState.ACTIVE],
  [PartnerState.SUSPENDED, 'leave', PartnerState.LEFT],
  [PartnerState.ACTIVE, 'leave', PartnerState.LEFT],
  [PartnerState.ACTIVE, 'resume', undefined],
  [PartnerState.SUSPENDED, 'suspend', undefined],
  [PartnerState.LEFT, 'resume', undefined],
  [PartnerState.LEFT, 'leave', undefined],
] as const)('from %s, %s leads to %s', (state, move, to) => expect(moved(state, move)).toBe(to));

describe('R-35: a piece of a bid', () => {
  const { ASKED, COMMITTING, CANCELLING, MADE, RETURNED } = PieceState;
  const reserved: Learned = { kind: 'reserved' };
  const committed: Learned = { kind: 'committed' };
  const cancelled: Learned = { kind: 'cancelled' };
  const unwanted: Learned = { kind: 'unwanted' };
  const refused = (of: 'reserve' | 'commit' | 'cancel', rule: string): Learned => ({ kind: 'refused', of, rule });
  const stays = undefined;
  const made = { state: MADE, decided: { made: true, isSupplyThere: true } };
  const returned = (isSupplyThere: boolean) => ({ state: RETURNED, decided: { made: false, isSupplyThere } });

  it.each<[string, PieceState, Learned, object | undefined]>([
    ['asked: reserved, so it is committed', ASKED, reserved, { state: COMMITTING, say: 'commit' }],
    ['asked: refused for want of supply', ASKED, refused('reserve', 'supply_must_be_there'), returned(false)],
    ['asked: refused by any other rule', ASKED, refused('reserve', 'credit_limit_must_cover_the_reservation'), returned(false)],
    ['asked: heard too late', ASKED, refused('reserve', 'message_must_be_said_in_time'), returned(true)],
    ['asked: no longer wanted', ASKED, unwanted, { state: CANCELLING, say: 'cancel' }],
    ['asked: an answer to what was not asked', ASKED, committed, stays],
    ['cancelling: reserved meanwhile, which the cancel on its way ends', CANCELLING, reserved, stays],
    ['cancelling: never reserved', CANCELLING, refused('reserve', 'supply_must_be_there'), returned(false)],
    ['cancelling: cancelled', CANCELLING, cancelled, returned(true)],
    [
      'cancelling: the cancel came too late, and nothing was committed',
      CANCELLING,
      refused('cancel', 'message_must_be_said_in_time'),
      returned(true),
    ],
    ['cancelling: no longer wanted, as is known', CANCELLING, unwanted, stays],
    ['committing: committed', COMMITTING, committed, made],
    ['committing: it had expired', COMMITTING, refused('commit', 'reservation_must_not_have_expired'), returned(true)],
    ['committing: the partner was restored from before it', COMMITTING, refused('commit', 'reservation_must_be_known'), returned(true)],
    [
      'committing: the partner has suspended this platform',
      COMMITTING,
      refused('commit', 'partner_must_not_be_suspended'),
      returned(false),
    ],
    ['committing: no longer wanted, too late', COMMITTING, unwanted, stays],
    ['committing: the reservation said again', COMMITTING, reserved, stays],
    ['made: whatever comes', MADE, refused('commit', 'reservation_must_be_known'), stays],
    ['returned: whatever comes', RETURNED, committed, stays],
  ])('%s', (_name, state, learned, moved) => expect(movedPiece(state, learned)).toEqual(moved));
});

describe('R-35: a reservation of a partner', () => {
  const { ASKED, RESERVED, COMMITTED, RELEASED, LAPSED, REFUSED } = ReservationState;
  const ruleOf = (verdict: 'ask' | { rule: string } | undefined) => (typeof verdict === 'object' ? verdict.rule : verdict);

  it.each<[string, ReservationState | undefined, boolean, string]>([
    ['a new id', undefined, false, 'ask'],
    ['an id whose market was asked, but has no answer kept', ASKED, true, 'ask'],
    ['the same id with other terms', ASKED, false, 'reservation_id_must_not_be_reused'],
    ['an id that another message has reserved', RESERVED, true, 'reservation_id_must_not_be_reused'],
    ['one that was cancelled first', RELEASED, false, 'reservation_must_not_be_released'],
  ])('reserve, %s: %s', (_name, known, isSame, verdict) => expect(ruleOf(onReserve(known, isSame))).toBe(verdict));

  it.each<[string, ReservationState | undefined, boolean, string]>([
    ['reserved', RESERVED, true, 'ask'],
    ['by its time lapsed, which the market knows better', LAPSED, true, 'ask'],
    ['unknown here, and perhaps not to the market', undefined, true, 'ask'],
    ['with other terms', RESERVED, false, 'terms_must_be_those_reserved'],
    ['refused before', REFUSED, true, 'reservation_must_be_made'],
    ['cancelled before', RELEASED, true, 'reservation_must_not_be_released'],
  ])('commit, %s', (_name, known, isSame, verdict) => expect(ruleOf(onCommit(known, isSame))).toBe(verdict));

  it.each<[ReservationState | undefined, string | undefined, string | undefined]>([
    [COMMITTED, undefined, 'reservation_must_not_be_committed'],
    [LAPSED, 'reservation_must_not_have_expired', undefined],
    [RELEASED, 'reservation_must_not_be_released', undefined],
    [undefined, 'reservation_must_be_known', undefined],
  ])('the market says %s: to a commit %s, to a cancel %s', (state, commit, cancel) => {
    expect(afterCommit(state)?.rule).toBe(commit);
    expect(afterCancel(state)?.rule).toBe(cancel);
  });

  it('a commit that may not be heard any more is barred by releasing, which tells whether it was done', () => {
    expect([decisionOf(true), decisionOf(false)]).toEqual(['commit', 'release']);
  });

  it('it stays within the credit limit, to the micro-yuan', () => {
    expect([9n, 10n, 11n].map((amount) => isCovered({ limit: 100n, used: 90n }, amount))).toEqual([true, true, false]);
  });
});

describe('R-35, R-37: terms of a reservation', () => {
  const slot = slotAt(now);
  const advert: Advertised = {
    ...{ computeClass: 2, model: 'G2', domestic: true, unit: 1, zone: 1, region: 500_000, units: 64, price: 4_800_000 },
    ...{ window: { from: slot + 4, to: slot + 12 }, expiresAt: now + hour },
  };
  const terms: Terms = { ...advert, units: 8, window: { from: slot + 4, to: slot + 8 } };

  it.each<[string, Partial<Terms>, Partial<Advertised> | undefined, string | undefined]>([
    ['within the advert', {}, {}, undefined],
    ['all of it', { units: 64, window: advert.window }, {}, undefined],
    ['any chip where a domestic one is advertised', { domestic: false }, {}, undefined],
    ['for no slot', { window: { from: slot + 8, to: slot + 8 } }, {}, 'window_must_not_be_empty'],
    ['from the slot under way on', { window: { from: slot, to: slot + 8 } }, {}, 'window_must_begin_in_time'],
    ['of an advert that is not there', {}, undefined, 'advert_must_be_offered'],
    ['of one that has expired', {}, { expiresAt: now }, 'advert_must_be_offered'],
    ['of one that the partner is not granted', {}, { zone: 3 }, 'advert_must_be_offered'],
    ['of another model', { model: 'A100' }, {}, 'terms_must_be_those_of_the_advert'],
    ['of another region', { region: 510_000 }, {}, 'terms_must_be_those_of_the_advert'],
    ['a domestic chip where none is advertised', {}, { domestic: false }, 'terms_must_be_those_of_the_advert'],
    ['beyond its window', { window: { from: slot + 4, to: slot + 13 } }, {}, 'window_must_lie_in_the_adverts'],
    ['below its price', { price: 4_799_900 }, {}, 'price_must_be_the_adverts'],
    ['more units', { units: 65 }, {}, 'units_must_be_advertised'],
  ])('%s', (_name, change, other, rule) => {
    const broken = brokenByTerms({ ...terms, ...change }, other && { ...advert, ...other }, { classes: [2], zones: [1] }, now);
    expect(broken?.rule).toBe(rule);
  });
});

describe('R-36: items of two statements', () => {
  const item = (id: string, side: Side, ours: bigint, theirs: bigint) => ({ id, side, ours, theirs });
  const items = [
    item('alike', Side.SOLD, 5n, 5n),
    item('less', Side.SOLD, 7n, 6n),
    item('only here', Side.BOUGHT, 3n, 0n),
    item('only there', Side.BOUGHT, 0n, 4n),
    item('gone on both sides', Side.BOUGHT, 0n, 0n),
    item('bought', Side.BOUGHT, 2n, 2n),
  ];

  it('those in which they differ, and those that both have alike', () => {
    expect(differing(items).map(({ id }) => id)).toEqual(['less', 'only here', 'only there']);
    expect(agreedOf(items).map(({ id }) => id)).toEqual(['alike', 'bought']);
  });

  it('what is netted is the same on both sides: sold here is bought there', () => {
    const there = items.map(({ id, side, ours, theirs }) => item(id, otherSide(side), theirs, ours));
    const [here, other] = [sumsOf(agreedOf(items)), sumsOf(agreedOf(there))];
    expect(here).toEqual({ sold: 5n, bought: 2n });
    expect(other).toEqual({ sold: here.bought, bought: here.sold });
  });

  it('an adjustment below 0 is owed the other way round, and the same on both sides', () => {
    const adjusted = [
      ...items,
      item('alike~1', Side.SOLD, -3n, -3n),
      item('bought~1', Side.BOUGHT, -1n, -1n),
      item('b~2', Side.BOUGHT, 4n, 4n),
    ];
    const there = adjusted.map(({ id, side, ours, theirs }) => item(id, otherSide(side), theirs, ours));
    const [here, other] = [agreedOf(adjusted), agreedOf(there)];
    expect([sumsOf(here), givenBackOf(here)]).toEqual([
      { sold: 6n, bought: 9n },
      { sold: 3n, bought: 1n },
    ]);
    expect([sumsOf(other), givenBackOf(other)]).toEqual([
      { sold: 9n, bought: 6n },
      { sold: 1n, bought: 3n },
    ]);
  });

  it.each<[adjustment: number, compensation: number, id: string, before: string | undefined]>([
    [0, 0, 'reservation-1', undefined],
    [1, 0, 'reservation-1~1', 'reservation-1'],
    [12, 0, 'reservation-1~12', 'reservation-1~11'],
    [0, 1, 'reservation-1~g1', undefined],
    [0, 12, 'reservation-1~g12', 'reservation-1~g11'],
  ])('adjustment %i, compensation %i: %s, behind %s', (adjustment, compensation, id, before) => {
    const named = { reservationId: 'reservation-1', adjustment, compensation };
    expect(itemId(named)).toBe(id);
    expect(readItemId(id)).toEqual(named);
    expect([isAdjustment(id), isCompensation(id)]).toEqual([adjustment > 0, compensation > 0]);
    expect(itemBefore(id)).toBe(before);
  });

  it.each<[id: string, kind: LineKind | undefined, plain: string]>([
    ['reservation-1', undefined, 'reservation-1'],
    ['reservation-1~12', 'adjustment', 'reservation-1-a12'],
    ['reservation-1~g12', 'compensation', 'reservation-1-g12'],
    [`${'r'.repeat(61)}~1`, 'adjustment', `${'r'.repeat(61)}-a1`],
    [`${'r'.repeat(62)}~1`, 'adjustment', '0'.repeat(64)],
  ])('%s: %s, said plainly as %s', (id, kind, plain) => {
    expect(lineKindOf(id)).toBe(kind);
    if (kind) expect(plainId(id, () => '0'.repeat(64))).toBe(plain);
  });

  it.each<[side: Side, amount: bigint, said: Side, plain: bigint]>([
    [Side.SOLD, 7n, Side.SOLD, 7n],
    [Side.SOLD, -7n, Side.BOUGHT, 7n],
    [Side.BOUGHT, 7n, Side.BOUGHT, 7n],
    [Side.BOUGHT, -7n, Side.SOLD, 7n],
  ])('%i of %d is said plainly as %i of %d, and read as that again', (side, amount, said, plain) => {
    expect(plainLine({ side, amount })).toEqual({ side: said, amount: plain });
    expect(ofPlainLine(side, { side: said, amount: plain })).toBe(amount);
  });

  it('parts of a day cut between an item and its adjustments', () => {
    const all = ['a', 'a', 'a~1', 'b', 'b', 'b~1', 'b~2'].map((id) => ({ id }));
    const parts = partsOf(all, 3);
    expect(parts.map(({ fromId, toId }) => [fromId, toId])).toEqual([
      ['', 'a~1'],
      ['a~1', 'b~1'],
      ['b~1', ''],
    ]);
    for (const part of parts) expect(all.filter(({ id }) => isOfPart(id, part))).toEqual(part.items);
  });

  it.each<[number, number, number[]]>([
    [10, 10, []],
    [10, 11, []],
    [10, 12, [11]],
    [10, 14, [11, 12, 13]],
    [10, 99, [11, 12, 13]],
  ])('day %i was stated last, and it is day %i: %j', (last, today, days) => expect(daysToState(last, today, 3)).toEqual(days));
});
