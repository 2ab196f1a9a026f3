import { Hash, writeCanonical } from '../canonical-hash.js';
import type { Snapshot } from '../snapshot.js';
import { ended, inOrder, itemsOfStep, type Steps } from './in-steps.js';

/**
 * equal states hash alike, however they came about. Left out: sequence numbers (orders stand in the order of their times instead), what only explanations read,
 * and what follows from the rest (capacity, reservations, due times).
 */
export const hashOf = (snapshot: Snapshot): string => ended(hashSteps(snapshot));

/** The same in steps, for who has other things to do in between. */
export function* hashSteps(snapshot: Snapshot): Steps<string> {
  const { format: _format, sequence: _sequence, closedBids: _closed, offers, bids, trades, ...rest } = snapshot;
  const hash = new Hash();
  for (const name of Object.keys(rest).sort()) {
    const value: unknown = rest[name as keyof typeof rest];
    if (Array.isArray(value)) yield* listSteps(hash, value);
    else writeCanonical(hash, value);
  }
  const byTime = yield* inOrder([...offers, ...bids], (a, b) => a.priority - b.priority || a.orderId - b.orderId);
  yield* listSteps(
    hash,
    byTime.map(({ orderId }) => orderId),
  );
  for (const orders of [offers, bids]) yield* listSteps(hash, orders, ofTimeAndChoice);
  yield* listSteps(hash, trades);
  return hash.digest();
}

/** As writeCanonical writes a list. */
function* listSteps(hash: Hash, items: readonly unknown[], without?: ReadonlySet<string>): Steps<void> {
  hash.number(items.length);
  for (const [nth, item] of items.entries()) {
    if (nth % itemsOfStep === 0) yield;
    writeCanonical(hash, item, without);
  }
}

const ofTimeAndChoice: ReadonlySet<string> = new Set(['priority', 'choices']);
