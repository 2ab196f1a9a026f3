import { Injectable } from '@nestjs/common';
import { levelsOf, levelsWithin, type ResidencyZone, Tier } from '#domain';
import type { ListOnSaleRequest, OnSale, SupplyKind } from '#contracts';
import { unitsBySlot } from '#platform';
import type { OnSale as OnSaleOfPools } from '#matching-engine';
import { Shards } from './shards.js';

/** what this platform could sell to partners, by kinds of supply. */
@Injectable()
export class OnSaleQuery {
  constructor(private readonly shards: Shards) {}

  /** In the order of the kinds; each book is looked at once. */
  list({ kinds }: ListOnSaleRequest): OnSale[] {
    const answers = new Map<SupplyKind, OnSale>();
    for (const ofBook of Map.groupBy(kinds, ({ computeClass, model, unit }) => `${computeClass} ${model} ${unit}`).values()) {
      const pools = this.poolsOf(ofBook);
      for (const kind of ofBook) answers.set(kind, ofKind(kind, pools));
    }
    return kinds.map((kind) => answers.get(kind)!);
  }

  private poolsOf(kinds: readonly SupplyKind[]): OnSaleOfPools[] {
    const [{ computeClass, model, unit }] = kinds as [SupplyKind];
    const { market } = this.shards.of({ computeClass, model, unit });
    const bookId = market.dictionary.find({ computeClass, model, unit, tier: Tier.FIRM });
    const windows = kinds.map(({ window }) => window!);
    const [from, to] = [Math.min(...windows.map((window) => window.from)), Math.max(...windows.map((window) => window.to))];
    return bookId === undefined ? [] : market.engine.onSale(bookId, from, to);
  }
}

function ofKind({ region, zone, domestic, price, window }: SupplyKind, all: readonly OnSaleOfPools[]): OnSale {
  const alike = all.filter((pools) => pools.region === region && pools.zone === (zone as ResidencyZone) && (pools.domestic || !domestic));
  const sold = alike.flatMap(({ asks }) => asks).filter(({ ask }) => ask <= price);
  const levels = levelsWithin(levelsOf(sold.flatMap((one) => one.levels)), window!);
  return { known: alike.length > 0, units: unitsBySlot(levels) };
}
