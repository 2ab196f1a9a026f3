import { Hash, writeCanonical } from '../canonical-hash.js';
import type { Snapshot } from '../snapshot.js';

/**
 * equal states hash alike, however they came about. Left out: sequence numbers (orders stand in the order of their times instead), what only explanations read,
 * and what follows from the rest (capacity, reservations, due times).
 */
export function hashOf(snapshot: Snapshot): string {
  const { format: _format, sequence: _sequence, closedBids: _closed, offers, bids, trades, ...rest } = snapshot;
  const hash = new Hash();
  writeCanonical(hash, rest);
  writeCanonical(
    hash,
    [...offers, ...bids].sort((a, b) => a.priority - b.priority || a.orderId - b.orderId).map((order) => order.orderId),
  );
  for (const orders of [offers, bids]) {
    hash.number(orders.length);
    for (const order of orders) writeCanonical(hash, order, ofTimeAndChoice);
  }
  writeCanonical(hash, trades);
  return hash.digest();
}

const ofTimeAndChoice: ReadonlySet<string> = new Set(['priority', 'choices']);
