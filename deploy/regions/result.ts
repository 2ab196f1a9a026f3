// What came of it: of the trace with partners and without, and of what they have to agree on.
import { leasedUnitSlots } from './leased.js';
import {
  type Books,
  type Dealings,
  type Netted,
  type Statements,
  dealings,
  netted,
  pairs,
  statements,
  toMicro,
  toYuan,
} from './compare.js';
import type { Placed, Played } from './play.js';
import type { Kill } from './outage.js';
import type { Region } from './region.js';

export interface Fills {
  readonly placed: number;
  readonly filled: number;
  readonly partial: number;
  readonly unfilled: number;
  readonly rejected: number;
  /** Of those, by the rule of the guard that refused them. */
  readonly refusals: Record<string, number>;
  readonly leases: number;
  readonly unitSlots: number;
}

export interface RegionResult {
  readonly platform: string;
  readonly nodes: number;
  readonly cards: number;
  readonly cores: number;
  readonly tasks: number;
  readonly without: Fills;
  readonly with: Fills;
  /** Of the market's state at the end. */
  readonly stateHash: string;
}

export interface RegionsResult {
  readonly input: { readonly nodes: number; readonly tasks: number };
  readonly regions: readonly RegionResult[];
  readonly without: Fills;
  readonly with: Fills;
  readonly remote: { readonly pieces: number; readonly unitSlots: number; readonly amount: string; readonly between: readonly Dealings[] };
  readonly statements: Statements;
  readonly netting: Netted;
  readonly kill: Kill | undefined;
  /** Nothing of the above differs, is lost, doubled, unknown or between two platforms. */
  readonly isWhole: boolean;
}

/** @param placed the region's */
export async function fillsOf(region: Region, placed: readonly Placed[]): Promise<Fills> {
  const asked = new Set(placed.map(({ bidId }) => bidId));
  const refused = placed.flatMap(({ refused: rule }) => rule ?? []);
  const counts = { placed: placed.length, filled: 0, partial: 0, unfilled: 0, rejected: refused.length };
  for (const bid of await region.list('/v1/bids', 'bids')) {
    if (!asked.has(String(bid.bidId)) || Number(bid.filled ?? 0) === 0) continue;
    counts[bid.state === 'FILLED' ? 'filled' : 'partial'] += 1;
  }
  const own = (await region.list('/v1/leases', 'leases')).filter(({ buyerId }) => ![...region.partners.values()].includes(Number(buyerId)));
  const unfilled = counts.placed - counts.rejected - counts.filled - counts.partial;
  return { ...counts, unfilled, refusals: countNames(refused), leases: own.length, unitSlots: leasedUnitSlots(own) };
}

export const fillsByRegion = (regions: readonly Region[], { placed }: Played): Promise<Fills[]> =>
  Promise.all(
    regions.map((region, nth) =>
      fillsOf(
        region,
        placed.filter((one) => one.region === nth),
      ),
    ),
  );

const countNames = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, some]) => [name, some.length]));

export const sumOf = (fills: readonly Fills[]): Fills => {
  const total = (name: Exclude<keyof Fills, 'refusals'>) => fills.reduce((sum, one) => sum + one[name], 0);
  return {
    ...{ placed: total('placed'), filled: total('filled'), partial: total('partial'), unfilled: total('unfilled') },
    refusals: countNames(
      fills.flatMap(({ refusals }) => Object.entries(refusals).flatMap(([rule, many]) => Array<string>(many).fill(rule))),
    ),
    ...{ rejected: total('rejected'), leases: total('leases'), unitSlots: total('unitSlots') },
  };
};

export async function agreements(regions: readonly Books[], kill: Kill | undefined) {
  const between: Dealings[] = [];
  for (const [buyer, seller] of pairs(regions)) between.push(await dealings(buyer, seller));
  const [stated, net] = [await statements(regions), await netted(regions)];
  const remote = {
    pieces: between.reduce((sum, { pieces }) => sum + pieces, 0),
    unitSlots: between.reduce((sum, { unitSlots }) => sum + unitSlots, 0),
    amount: toYuan(between.reduce((sum, { amount }) => sum + toMicro(amount), 0n)),
    between,
  };
  // To the micro-yuan what was bought: two sides that are wrong alike add up to nothing all the same.
  const isAllNetted = (['receivable', 'payable'] as const).every(
    (side) => net.positions.reduce((sum, position) => sum + toMicro(position[side]), 0n) === toMicro(remote.amount),
  );
  const isWhole =
    kill !== undefined &&
    isAllNetted &&
    kill.resolved.UNANSWERED === undefined &&
    between.every(
      ({ differing, messagesDiffering, lost, doubled }) => differing.length + messagesDiffering.length + lost + doubled === 0,
    ) &&
    stated.notStated + stated.differing.length + net.open === 0 &&
    Object.values(net.sum).every((sum) => toMicro(sum) === 0n);
  return { remote, statements: stated, netting: net, kill, isWhole };
}
