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
  writeCanonical(
    hash,
    offers.map(({ priority: _priority, ...offer }) => offer),
  );
  writeCanonical(
    hash,
    bids.map(({ priority: _priority, choices: _choices, ...bid }) => bid),
  );
  writeCanonical(hash, trades);
  return hash.digest();
}
