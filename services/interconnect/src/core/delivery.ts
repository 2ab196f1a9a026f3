// What the leases of a reservation delivered, as both platforms count it: from what the seller told, by the table of docs/interconnection.md.
import { type Money, type Price, shareOf } from '#domain';
import type { Broken } from './reservation.js';

export interface Delivery {
  /** Units × slots that stood, that were to be up, and that were. */
  readonly unitSlots: number;
  readonly due: number;
  readonly up: number;
  /** Watt-hours, PUE not counted; measured, or by the registration. */
  readonly energyWh: number;
  readonly energyMeasured: boolean;
}

/** Least availability and its credit, in basis points, from the highest down; below the last one nothing is owed. Agreed on, whatever either has published. */
const credits: readonly (readonly [availabilityBp: number, creditBp: number])[] = [
  [9_990, 0],
  [9_900, 1_000],
  [9_500, 2_500],
  [9_000, 5_000],
];
const wholeBp = 10_000;

export function sumOf(all: readonly Delivery[]): Delivery {
  const sum = (of: (one: Delivery) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    unitSlots: sum(({ unitSlots }) => unitSlots),
    due: sum(({ due }) => due),
    up: sum(({ up }) => up),
    energyWh: sum(({ energyWh }) => energyWh),
    energyMeasured: all.every(({ energyMeasured }) => energyMeasured),
  };
}

/**
 * What counts of it where so many unit-slots were bought: a seller may tell of any number of leases, and what it tells beyond is not owed. What was down of
 * any of them is missing of what counts.
 */
export function ofBought(all: Delivery, most: number): Delivery {
  const due = Math.min(all.due, most);
  return { ...all, unitSlots: Math.min(all.unitSlots, most), due, up: Math.max(0, due - (all.due - all.up)) };
}

/** What is owed for it: the price of what stood, exact since a price is a multiple of 100, less the credit, rounded down. */
export function amountOfDelivery(price: Price, { unitSlots, due, up }: Delivery): Money {
  const whole = (BigInt(price) * BigInt(unitSlots)) / 4n;
  return whole - shareOf(whole, creditBp(due, up));
}

function creditBp(due: number, up: number): number {
  if (due === 0) return 0;
  const reached = credits.find(([availabilityBp]) => BigInt(up) * BigInt(wholeBp) >= BigInt(availabilityBp) * BigInt(due));
  return reached ? reached[1] : wholeBp;
}

/**
 * What of it each of the buyer's trades has: what stood fills them in their order, the rest goes by that, so that all were up for the same share.
 * @param most unit-slots of each trade, without those that the market here placed anew
 */
export function apportioned(most: readonly number[], all: Delivery): Delivery[] {
  let left = all.unitSlots;
  const standing = most.map((of) => {
    const stood = Math.min(left, of);
    left -= stood;
    return stood;
  });
  let before = 0;
  return standing.map((unitSlots, at) => {
    const [from, to] = [before, (before += unitSlots)];
    const share = (of: number): number => (all.unitSlots === 0 ? (at === 0 ? of : 0) : partUpTo(of, to, all) - partUpTo(of, from, all));
    return { unitSlots, due: share(all.due), up: share(all.up), energyWh: share(all.energyWh), energyMeasured: all.energyMeasured };
  });
}

const partUpTo = (of: number, to: number, { unitSlots }: Delivery): number => Number((BigInt(of) * BigInt(to)) / BigInt(unitSlots));

export interface StateOfLease {
  readonly reservationId: string;
  readonly from: number;
  readonly to: number;
  readonly unitSlots: number;
}

export interface Bought {
  readonly reservationId: string;
  readonly units: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The first rule that what a seller tells breaks; undefined: none.
 * @param knownOf the reservation whose lease it is by the commit, or by what was told before; undefined: by neither
 */
export function brokenByState(told: StateOfLease, bought: Bought | undefined, knownOf: string | undefined): Broken | undefined {
  const broken = brokenByPlace(told, bought, knownOf);
  if (broken) return broken;
  return brokenByMost(told.unitSlots, bought!);
}

export interface UsageOfLease extends Omit<StateOfLease, 'unitSlots'> {
  readonly due: number;
  readonly up: number;
}

/** The same of what was measured. */
export function brokenByUsage(told: UsageOfLease, bought: Bought | undefined, knownOf: string | undefined): Broken | undefined {
  const broken = brokenByPlace(told, bought, knownOf) ?? brokenByMost(told.due, bought!);
  if (broken) return broken;
  if (told.up > told.due) return { rule: 'usage_must_not_exceed_what_was_due', detail: `${told.up} unit-slots were up of ${told.due} due` };
  return undefined;
}

/** Of a reservation: a commit names a thousand at most, and each may be placed anew a few times. */
export const leasesMax = 5_000;

/** @param count of the leases that are told of a reservation, with this one */
export const brokenByCount = (count: number): Broken | undefined =>
  count > leasesMax ? { rule: `leases_must_not_exceed_${leasesMax}`, detail: 'so many are told of its reservation already' } : undefined;

function brokenByPlace(
  { reservationId, from, to }: Omit<StateOfLease, 'unitSlots'>,
  bought: Bought | undefined,
  knownOf: string | undefined,
): Broken | undefined {
  if (!bought) return { rule: 'reservation_must_be_known', detail: `nothing is committed here, or asked to be, under ${reservationId}` };
  if (knownOf !== undefined && knownOf !== reservationId) return { rule: 'lease_must_keep_its_reservation', detail: `it is of ${knownOf}` };
  if (to < from || from < bought.from || to > bought.to)
    return { rule: 'delivered_must_lie_in_the_window', detail: `slots ${from} to ${to}, of ${bought.from} to ${bought.to}` };
  return undefined;
}

function brokenByMost(unitSlots: number, { units, from, to }: Bought): Broken | undefined {
  const most = units * (to - from);
  return unitSlots > most ? { rule: 'unit_slots_must_be_within_the_terms', detail: `${unitSlots}, of ${most}` } : undefined;
}
