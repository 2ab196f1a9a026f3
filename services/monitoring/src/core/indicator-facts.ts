// The facts that figures are computed from: what is registered and verified, how it is judged, and what was delivered.
import type { Slot, Time } from '#domain';

export interface SiteFact {
  readonly siteId: number;
  readonly providerId: number;
  readonly name: string;
  readonly region: number;
  readonly district: number;
  readonly standardRacks: number;
  readonly occupancyBp: number;
  readonly pueMilli: number;
  readonly greenShareBp: number;
  /** 0 where it is not registered, as all that follows. */
  readonly energyMwhPerYear: number;
  /** Shanghai day on which it was built, or rebuilt or extended last. */
  readonly commissionedDay: number;
  /** Litres of water a kWh of the machines, thousandths. */
  readonly wueMilli: number;
  /** Kilograms of CO2 a kWh of the machines, thousandths. */
  readonly cueMilli: number;
  readonly storageTb: number;
  readonly flashTb: number;
}

/** A verified pool in a verified site. */
export interface IndicatorPool {
  readonly poolId: number;
  readonly siteId: number;
  readonly providerId: number;
  readonly model: string;
  readonly computeClass: number;
  readonly unitsPerNode: number;
  readonly nodeCount: number;
  readonly tflopsFp16Milli: number;
  readonly tflopsFp32Milli: number;
  readonly isDomestic: boolean;
  /** All of it, or so many of its nodes, are LOST. */
  readonly isLost: boolean;
  readonly lostNodes: number;
}

export interface LinkFact {
  readonly linkId: number;
  readonly ownerId: number;
  readonly fromRegion: number;
  readonly toRegion: number;
  readonly toSiteId: number;
  /** District of the site at its end; the region's own code where it ends at a region. */
  readonly toDistrict: number;
  /** Measured by probes while they are young, else registered. */
  readonly oneWayUs: number;
  readonly roundTripUs: number;
  readonly isMeasured: boolean;
}

export interface ParticipantFact {
  readonly participantId: number;
  readonly name: string;
  readonly isProvider: boolean;
  readonly isPartner: boolean;
  readonly isPerson: boolean;
  readonly region: number;
  /** When its first lease began; undefined before. */
  readonly firstUse: Slot | undefined;
}

/** A lease that ended in the period and was measured for good. */
export interface LeaseFact {
  readonly leaseId: number;
  readonly unitSlotsDue: number;
  readonly unitSlotsUp: number;
  readonly energyWh: number;
}

export interface Facts {
  readonly at: Time;
  /** Region of the operator: the hub's own. */
  readonly homeRegion: number;
  readonly sites: readonly SiteFact[];
  readonly pools: readonly IndicatorPool[];
  readonly links: readonly LinkFact[];
  readonly participants: readonly ParticipantFact[];
  readonly leases: readonly LeaseFact[];
}
