// what two platforms net must be alike in all that a proposal says of it.

export interface Netted {
  /** ISO 4217. */
  readonly currency: string;
  /** Micro-yuan that this platform is owed, and owes. */
  readonly sold: bigint;
  readonly bought: bigint;
  readonly items: number;
  /** SHA-256 of the items' ids, in hexadecimal digits. */
  readonly digest: string;
}

/** As the other of the two sees it. */
export const mirrored = (netted: Netted): Netted => ({ ...netted, sold: netted.bought, bought: netted.sold });

const parts = ['currency', 'items', 'sold', 'bought', 'digest'] as const;

/** In what two differ, for people; empty: they are alike. @param proposed by the partner, as it sees it; @param here as this platform sees it */
export function differenceOf(proposed: Netted, here: Netted): string {
  const theirs = mirrored(here);
  return parts
    .filter((part) => proposed[part] !== theirs[part])
    .map((part) => `${part} ${proposed[part]}, by this platform ${theirs[part]}`)
    .join('; ');
}
