/** A published version of fee, service level or tax, as it stands in the tables. */
export interface Tariff {
  readonly version: number;
  readonly effectiveFrom: number;
  /** Of a fee or a tax. */
  readonly bp: bigint;
  /** Of a service level, from the highest availability down. */
  readonly tiers: readonly { readonly availabilityBp: bigint; readonly creditBp: bigint }[];
}

export interface Tariffs {
  readonly fees: readonly Tariff[];
  readonly levels: readonly Tariff[];
  readonly taxes: readonly Tariff[];
}

const none: Tariff = { version: 0, effectiveFrom: 0, bp: 0n, tiers: [] };

/** Of those that had begun, the one that begins last, and of two the later version. Version 0, which takes nothing, where there is none. */
export function tariffAt(tariffs: readonly Tariff[], at: number): Tariff {
  let found = none;
  for (const one of tariffs) {
    if (one.effectiveFrom > at) continue;
    const isLater = one.effectiveFrom > found.effectiveFrom || (one.effectiveFrom === found.effectiveFrom && one.version > found.version);
    if (found === none || isLater) found = one;
  }
  return found;
}

/** of `due` unit-slots `up` were there: the credit of the first tier that they reach, all where they reach none. */
export function creditOf({ tiers }: Tariff, due: bigint, up: bigint): bigint {
  if (due === 0n) return 0n;
  for (const { availabilityBp, creditBp } of tiers) if (10_000n * up >= availabilityBp * due) return creditBp;
  return 10_000n;
}
