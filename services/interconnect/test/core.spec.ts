// The rules between platforms, one row a reason.
import { slotAt } from '#domain';
import { pauseMs } from '../src/core/backoff.js';
import { brokenBy, clockMsMax, type Said } from '../src/core/hearing.js';
import { PartnerState, moved } from '../src/core/partner-state.js';
import { taken } from '../src/core/rate.js';
import { afterWhich, takingOf } from '../src/core/serial.js';
import { brokenByRemote, expiryMsMax } from '../src/core/supply.js';
import { agreed } from '../src/core/version.js';

const now = Date.parse('2026-01-01T00:00:00+08:00');
const hour = 3_600_000;

describe('a message is refused for the first rule that it breaks', () => {
  const good: Said = { saidAt: now, validUntil: now, isKnownId: false, state: PartnerState.ACTIVE };

  it.each<[string, Partial<Said>, string | undefined, boolean?]>([
    ['an hour ahead, whatever else', { saidAt: now + hour, isKnownId: true, validUntil: 0, state: 3 }, 'clocks_must_agree', true],
    ['an hour behind', { saidAt: now - hour }, 'clocks_must_agree', true],
    ['just beyond what clocks may differ', { saidAt: now - clockMsMax - 1 }, 'clocks_must_agree', true],
    ['as much as they may', { saidAt: now + clockMsMax }, undefined],
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
    [4, false, 'old'],
    [4, true, 'old'],
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
