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

/** Kinds of lines of a statement beside items, as hello names them. */
export const lineKinds = ['adjustment', 'compensation'] as const;
export type LineKind = (typeof lineKinds)[number];

/** Undefined: a plain item. */
export function lineKindOf(id: string): LineKind | undefined {
  if (isCompensation(id)) return 'compensation';
  return isAdjustment(id) ? 'adjustment' : undefined;
}

const idMax = 64;

/** As an item of its own, to who knows no other. @param digest of a name that is too long for an id, in letters and digits */
export function plainId(id: string, digest: (text: string) => string): string {
  const plain = id.replace('~', '-').replace(/-(\d+)$/, '-a$1');
  return plain.length <= idMax ? plain : digest(id).slice(0, idMax);
}

/** The one that must be netted before there is this one; undefined: none. */
export function itemBefore(id: string): string | undefined {
  const { reservationId, adjustment, compensation } = readItemId(id);
  if (compensation > 1) return itemId({ reservationId, compensation: compensation - 1 });
  return adjustment > 0 ? itemId({ reservationId, adjustment: adjustment - 1 }) : undefined;
}
