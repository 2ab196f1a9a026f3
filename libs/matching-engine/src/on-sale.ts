import { levelsOf } from '#domain';
import type { Levels, Price, Region, ResidencyZone, UnitRange } from '#domain';

/** what pools of this platform that are alike have on sale, and at which asks; nothing where `asks` is empty. */
export interface OnSale extends PoolKind {
  /** By ask, ascending. Offers of one pool sell no unit twice: what several of them could sell is the best ask's. */
  readonly asks: readonly { readonly ask: Price; readonly levels: Levels }[];
}

/** What supply is known by beyond its platform's border. */
export interface PoolKind {
  readonly region: Region;
  readonly zone: ResidencyZone;
  readonly domestic: boolean;
}

/** Adds up what pools have. */
export class SaleSheet {
  private readonly kinds = new Map<string, PoolKind & { readonly asks: Map<Price, UnitRange[]> }>();

  /** Of a pool of the kind, whether it has something or not. */
  add({ region, zone, domestic }: PoolKind, sold: readonly (readonly [ask: Price, range: UnitRange])[]): void {
    const id = `${region} ${zone} ${domestic}`;
    const kind = this.kinds.get(id) ?? { region, zone, domestic, asks: new Map<Price, UnitRange[]>() };
    this.kinds.set(id, kind);
    for (const [ask, range] of sold) {
      const ranges = kind.asks.get(ask);
      if (ranges) ranges.push(range);
      else kind.asks.set(ask, [range]);
    }
  }

  all(): OnSale[] {
    return [...this.kinds.values()]
      .sort((a, b) => a.region - b.region || a.zone - b.zone || Number(a.domestic) - Number(b.domestic))
      .map(({ asks, ...kind }) => ({
        ...kind,
        asks: [...asks].sort(([a], [b]) => a - b).map(([ask, ranges]) => ({ ask, levels: levelsOf(ranges) })),
      }));
  }
}
