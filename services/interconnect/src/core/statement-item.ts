// how items of a statement are named. What changes of one after it was netted is an item of its own, its adjustment; and so is its compensation.

export interface NamedItem {
  readonly reservationId: string;
  /** From 1; 0: none. */
  readonly adjustment: number;
  readonly compensation: number;
}

/** Ids of reservations have no tilde. */
export function itemId({ reservationId, adjustment = 0, compensation = 0 }: Partial<NamedItem> & Pick<NamedItem, 'reservationId'>): string {
  if (compensation > 0) return `${reservationId}~g${compensation}`;
  return adjustment === 0 ? reservationId : `${reservationId}~${adjustment}`;
}

export function readItemId(id: string): NamedItem {
  const [reservationId, number = '0'] = id.split('~') as [string, string?];
  return number.startsWith('g')
    ? { reservationId, adjustment: 0, compensation: Number(number.slice(1)) }
    : { reservationId, adjustment: Number(number), compensation: 0 };
}

export const isAdjustment = (id: string): boolean => id.includes('~') && !isCompensation(id);
export const isCompensation = (id: string): boolean => id.includes('~g');

/** The one that must be netted before there is this one; undefined: none. */
export function itemBefore(id: string): string | undefined {
  const { reservationId, adjustment, compensation } = readItemId(id);
  if (compensation > 1) return itemId({ reservationId, compensation: compensation - 1 });
  return adjustment > 0 ? itemId({ reservationId, adjustment: adjustment - 1 }) : undefined;
}
