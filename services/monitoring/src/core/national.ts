// What is due to the national node, when, and in which messages. The national interface text is not public: these are the assumptions of docs/national-node.md.
import { shanghaiDay, slotAt, slotMs, slotsPerHour, startOfSlot } from '#domain';
import type { Slot, Time, Window } from '#domain';

const hourMs = slotsPerHour * slotMs;
const dayMs = 24 * hourMs;

/** Monitoring is reported by periods of so many slots. */
export const periodSlots = slotsPerHour;
/** After a period's end: late points are waited for that long (docs/monitoring.md) and are in the roll-ups then. */
const closesAfterMs = hourMs;

/** From a change, or a period's end, until its report is late. By NationalKind. */
const dueAfterMs: Readonly<Record<number, number>> = { 1: hourMs, 2: hourMs, 3: 2 * hourMs, 4: 5 * dayMs };

export const dueAt = (kind: number, causedAt: Time): Time => causedAt + dueAfterMs[kind]!;

/** Day in Asia/Shanghai. */
export const dayOf = (at: Time): number => shanghaiDay(slotAt(at));

/** First slot of the period that `at` lies in. */
export const periodAt = (at: Time): Slot => Math.floor(slotAt(at) / periodSlots) * periodSlots;

/** Periods from the one that begins at `next` on that can no longer change, oldest first. */
export function closedPeriods(next: Slot, now: Time): Window[] {
  const closed: Window[] = [];
  for (let from = next; startOfSlot(from + periodSlots) + closesAfterMs <= now; from += periodSlots)
    closed.push({ from, to: from + periodSlots });
  return closed;
}

const batchItemsMax = 200;
const batchBytesMax = 2 << 20;

/** How many of these, from the first on, go into one message; at least one. */
export function batchLength(sizes: readonly number[]): number {
  let bytes = 0;
  const end = sizes.findIndex((size, index) => (bytes += size) > batchBytesMax || index === batchItemsMax);
  return end === -1 ? sizes.length : Math.max(1, end);
}

export const batchMax = batchItemsMax;

/** Milliseconds until what had no answer is asked again: 1 s, 2 s, 4 s … 60 s, and then each 60 s for ever. */
export const pauseMs = (attempts: number): number => Math.min(60_000, 1_000 * 2 ** Math.min(attempts - 1, 6));

/** Basis points, rounded down; where nothing was due nothing was missed. */
export const shareBp = (of: number, due: number): number => (due === 0 ? 10_000 : Math.floor((of * 10_000) / due));

/** What telemetry says of a pool in a period. */
export interface PoolSums {
  readonly nodes: number;
  readonly unitsPerNode: number;
  /** When it was first verified. */
  readonly since: Time;
  readonly unitSlotsUp: number;
  readonly nodeSlotsReported: number;
  /** Basis points, summed over what was reported. */
  readonly utilisation: number;
  readonly energyWh: number;
}

/** Only slots that begin once it was verified are due. */
export function poolPeriod({ since, nodes, unitsPerNode, ...sums }: PoolSums, { from, to }: Window) {
  const slots = Math.max(0, to - Math.max(from, Math.ceil(since / slotMs)));
  const { unitSlotsUp, nodeSlotsReported, utilisation, energyWh } = sums;
  return {
    nodes,
    unitSlotsDue: nodes * unitsPerNode * slots,
    unitSlotsUp: Math.min(unitSlotsUp, nodes * unitsPerNode * slots),
    nodeSlotsDue: nodes * slots,
    nodeSlotsReported: Math.min(nodeSlotsReported, nodes * slots),
    utilisationBp: nodeSlotsReported === 0 ? 0 : Math.floor(utilisation / nodeSlotsReported),
    energyWh,
  };
}
