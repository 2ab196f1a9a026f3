import { ComputeClass, Interconnect, ResidencyZone, Unit } from '#domain';
import type { Command } from '#matching-engine';
import type { Dice } from './dice.js';
import { yuan } from './scenario.js';

export type Unstamped = Command extends infer C ? (C extends Command ? Omit<C, 'sequence' | 'time'> : never) : never;

export const regions = [500_000, 510_100, 650_500];

/** R-35: sites that lie on partners' platforms, by the partners, who sell what is there and buy here. */
const platforms = new Map([
  [4, 14],
  [5, 15],
]);
export const partners: readonly number[] = [...platforms.values()];

/** Pools are small, so that gangs just fit: [pool, site, provider, model, nodes, unitsPerNode, TFLOPS of FP16]. */
export const pools = [
  [1, 1, 11, 1, 2, 8, 312_000],
  [2, 1, 11, 2, 3, 4, 125_000],
  [3, 2, 12, 1, 1, 8, 312_000],
  [4, 2, 12, 1, 2, 4, 333_333],
  [5, 3, 13, 2, 2, 8, 0],
  [6, 4, 14, 1, 2, 8, 312_000],
  [7, 5, 15, 1, 1, 8, 125_000],
  [8, 5, 15, 2, 2, 4, 125_000],
] as const;

/** Facts of the random market, as they are set up and as they change. */
export class Facts {
  isSettingUp = true;

  constructor(private readonly dice: Dice) {}

  /** Buyer 2 and provider 12 have one owner. */
  participant(participantId: number, active: boolean): Unstamped {
    return {
      kind: 'SetParticipant',
      participantId,
      group: participantId === 12 ? 2 : participantId,
      active,
      ordersPerSecond: 20,
      orderValueCap: 2_000 * yuan,
      tradableClasses: [],
    };
  }

  site(siteId: number): Unstamped {
    return {
      kind: 'SetSite',
      siteId,
      active: this.isSettingUp || !this.dice.oneIn(12),
      region: regions[(siteId - 1) % regions.length]!,
      zone: ResidencyZone.DOMESTIC,
      securityGrade: Math.min(siteId + 1, 5),
      greenShareBp: this.dice.pick(3_000, 5_000, 8_000),
      pueMilli: 1_150 + 50 * siteId,
      ...(platforms.has(siteId) && { platform: platforms.get(siteId)! }),
    };
  }

  pool(poolId: number): Unstamped {
    const [, siteId, providerId, modelId, nodes, unitsPerNode, tflopsFp16Milli] = pools[poolId - 1]!;
    return {
      kind: 'SetPool',
      poolId,
      siteId,
      providerId,
      active: this.isSettingUp || !this.dice.oneIn(12),
      computeClass: ComputeClass.INTELLIGENT,
      modelId,
      unit: Unit.CARD,
      nodes,
      unitsPerNode,
      memoryGib: poolId % 2 === 0 ? 32 : 80,
      interconnect: poolId % 2 === 0 ? Interconnect.ROCE : Interconnect.INFINIBAND,
      tflopsFp16Milli,
      tflopsFp32Milli: 19_500,
      domestic: poolId > 2,
      reliabilityBp: 9_000 + 100 * poolId,
    };
  }

  link(linkId: number): Unstamped {
    const { dice } = this;
    return {
      kind: 'SetLink',
      linkId,
      active: !dice.oneIn(6),
      ownerId: 21,
      fromRegion: regions[linkId - 1]!,
      toRegion: regions[linkId % 3]!,
      toSiteId: dice.oneIn(2) ? (linkId % 3) + 1 : 0,
      roundTripUs: dice.pick(2_000, 9_000, 20_000),
      pricePerGb: dice.pick(0, 100, 333_333, 1_000_000),
    };
  }
}
