// what a seller's leases lost of what was bought, by what it told of them.

/** A lease that a commit named, or that places lost units anew. */
export interface LeaseTold {
  /** By the commit; undefined: it names another or none. */
  readonly committed: number | undefined;
  /** Told last; undefined: not yet. */
  readonly state: { readonly isOver: boolean; readonly from: number; readonly to: number; readonly unitSlots: number } | undefined;
  /** Told last of each slot to come; undefined: never. */
  readonly units: number | undefined;
}

/** Units of all of them in each slot to come. A lease that nothing is told of is as the commit says; of one that is only told, what stands over its window. */
export const unitsLeft = (leases: readonly LeaseTold[]): number => leases.reduce((sum, lease) => sum + unitsOf(lease), 0);

function unitsOf({ committed, state, units }: LeaseTold): number {
  if (state?.isOver) return 0;
  if (units !== undefined) return units;
  if (committed !== undefined) return committed;
  return state && state.to > state.from ? Math.floor(state.unitSlots / (state.to - state.from)) : 0;
}

/** The first trades keep what is left, as what stood is measured: of each how many. */
export function spread(left: number, trades: readonly number[]): number[] {
  let rest = left;
  return trades.map((units) => {
    const kept = Math.min(rest, units);
    rest -= kept;
    return kept;
  });
}
