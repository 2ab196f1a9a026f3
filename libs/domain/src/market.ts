/** The market's closed lists. The numbers are those of the contract (exchange.common.v1 and exchange.scheduling.v1); 0 stands for 'not said' there and here. */

export const ComputeClass = { GENERAL: 1, INTELLIGENT: 2, SUPER: 3 } as const;
export type ComputeClass = (typeof ComputeClass)[keyof typeof ComputeClass];

export const Unit = { CARD: 1, CORE: 2, NODE: 3 } as const;
export type Unit = (typeof Unit)[keyof typeof Unit];

export const Tier = { FIRM: 1, RECLAIMABLE: 2 } as const;
export type Tier = (typeof Tier)[keyof typeof Tier];

export const Precision = { FP16: 1, FP32: 2 } as const;
export type Precision = (typeof Precision)[keyof typeof Precision];

export const ResidencyZone = { DOMESTIC: 1, BONDED: 2, ABROAD: 3 } as const;
export type ResidencyZone = (typeof ResidencyZone)[keyof typeof ResidencyZone];

export const DataClass = { GENERAL: 1, IMPORTANT: 2, CORE: 3 } as const;
export type DataClass = (typeof DataClass)[keyof typeof DataClass];

export const Interconnect = { ETHERNET: 1, ROCE: 2, INFINIBAND: 3, NVLINK: 4 } as const;
export type Interconnect = (typeof Interconnect)[keyof typeof Interconnect];

export const Health = { OK: 1, SUSPECT: 2, DRAINING: 3, LOST: 4 } as const;
export type Health = (typeof Health)[keyof typeof Health];

export const TimeInForce = { GTC: 1, GTD: 2, IOC: 3, FOK: 4 } as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];

export const Placement = { ONE_POOL: 1, ONE_SITE: 2, ONE_REGION: 3, ANYWHERE: 4 } as const;
export type Placement = (typeof Placement)[keyof typeof Placement];

export const Preference = { CHEAPEST: 1, GREENEST: 2, NEAREST: 3, EARLIEST: 4 } as const;
export type Preference = (typeof Preference)[keyof typeof Preference];

/** R-7a: where a second fill must be: at another site, or in another region. */
export const Standby = { SITE: 1, REGION: 2 } as const;
export type Standby = (typeof Standby)[keyof typeof Standby];

/** True for a value of one of these lists. */
export const isOneOf = (list: Readonly<Record<string, number>>, value: number): boolean => Object.values(list).includes(value);

/** R-7's published table: what a class of data sets as least grade and as zone (null: none). */
export const demandsOfDataClass: Record<DataClass, { readonly securityGrade: number; readonly zone: ResidencyZone | null }> = {
  [DataClass.GENERAL]: { securityGrade: 0, zone: null },
  [DataClass.IMPORTANT]: { securityGrade: 3, zone: ResidencyZone.DOMESTIC },
  [DataClass.CORE]: { securityGrade: 4, zone: ResidencyZone.DOMESTIC },
};
