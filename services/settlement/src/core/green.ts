import type { Money } from '#domain';
import type { Version } from './schedule.js';

/** what a promised green kilowatt-hour that no certificate covers costs who delivered it, by a published schedule. */
export interface ShortfallSchedule extends Version {
  /** Micro-yuan a kilowatt-hour. */
  readonly shortfallPerKwh: Money;
}

/** A lease's green energy as promised: its energy × the site's green share when the trade was made; rounded down. */
export const promisedWh = (energyWh: bigint, greenShareBp: number): bigint => (energyWh * BigInt(greenShareBp)) / 10_000n;

export const compensationOf = (shortfallWh: bigint, { shortfallPerKwh }: ShortfallSchedule): Money =>
  (shortfallWh * shortfallPerKwh) / 1000n;

/** What one party promised with a lease. */
export interface Promised {
  readonly tradeId: bigint;
  readonly wh: bigint;
}

/** What is left of one of that party's certificates. */
export interface Certificate {
  readonly certificateId: bigint;
  readonly leftWh: bigint;
}

export interface Use {
  readonly certificateId: bigint;
  readonly tradeId: bigint;
  readonly wh: bigint;
}

/** Covers the promises in their order by the certificates in theirs; no watt-hour of a certificate covers two. */
export function cover(promises: readonly Promised[], certificates: readonly Certificate[]): Use[] {
  const uses: Use[] = [];
  const left = certificates.map(({ leftWh }) => leftWh);
  let at = 0;
  for (const { tradeId, wh } of promises) {
    let open = wh;
    while (open > 0n && at < certificates.length) {
      const used = left[at]! < open ? left[at]! : open;
      if (used > 0n) uses.push({ certificateId: certificates[at]!.certificateId, tradeId, wh: used });
      open -= used;
      left[at]! -= used;
      if (left[at] === 0n) at++;
    }
  }
  return uses;
}
