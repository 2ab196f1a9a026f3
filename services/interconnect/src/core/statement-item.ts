// how items of a statement are named. What changes of one after it was netted is an item of its own: an adjustment.

/** @param adjustment from 1; 0: the item itself. Ids of reservations have no tilde */
export const itemId = (reservationId: string, adjustment: number): string =>
  adjustment === 0 ? reservationId : `${reservationId}~${adjustment}`;

export interface NamedItem {
  readonly reservationId: string;
  readonly adjustment: number;
}

export function readItemId(id: string): NamedItem {
  const [reservationId, adjustment] = id.split('~') as [string, string?];
  return { reservationId, adjustment: Number(adjustment ?? 0) };
}

export const isAdjustment = (id: string): boolean => id.includes('~');
