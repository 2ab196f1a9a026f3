// which words of a seller on its leases a buyer takes.
import { type Bought, brokenByState, brokenByUsage } from '../src/core/delivery.js';

const bought: Bought = { reservationId: 'a', units: 16, from: 100, to: 108 };
const told = { reservationId: 'a', from: 100, to: 108, unitSlots: 128 };
const measured = { reservationId: 'a', from: 100, to: 108, due: 128, up: 128 };

it.each<[string, Partial<typeof told>, Bought | undefined, string | undefined, string | undefined]>([
  ['all of it', {}, bought, undefined, undefined],
  ['of a lease that is its own', {}, bought, 'a', undefined],
  ['nothing of it', { to: 100, unitSlots: 0 }, bought, undefined, undefined],
  ['of what was not bought', {}, undefined, undefined, 'reservation_must_be_known'],
  ['of another reservation’s lease', {}, bought, 'b', 'lease_must_keep_its_reservation'],
  ['from before the window', { from: 99 }, bought, undefined, 'delivered_must_lie_in_the_window'],
  ['beyond the window', { to: 109 }, bought, undefined, 'delivered_must_lie_in_the_window'],
  ['backwards', { from: 104, to: 103 }, bought, undefined, 'delivered_must_lie_in_the_window'],
  ['a unit-slot too many', { unitSlots: 129 }, bought, undefined, 'unit_slots_must_be_within_the_terms'],
])('a state: %s', (_name, change, of, knownOf, rule) => expect(brokenByState({ ...told, ...change }, of, knownOf)?.rule).toBe(rule));

it.each<[string, Partial<typeof measured>, Bought | undefined, string | undefined, string | undefined]>([
  ['all of it', {}, bought, 'a', undefined],
  ['of what was not bought', {}, undefined, undefined, 'reservation_must_be_known'],
  ['of another reservation’s lease', {}, bought, 'b', 'lease_must_keep_its_reservation'],
  ['beyond the window', { to: 109 }, bought, undefined, 'delivered_must_lie_in_the_window'],
  ['a unit-slot too many', { due: 129 }, bought, undefined, 'unit_slots_must_be_within_the_terms'],
  ['more up than due', { due: 127 }, bought, undefined, 'usage_must_not_exceed_what_was_due'],
])('usage: %s', (_name, change, of, knownOf, rule) => expect(brokenByUsage({ ...measured, ...change }, of, knownOf)?.rule).toBe(rule));
