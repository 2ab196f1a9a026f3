/**
 * Names of what the exchange keeps. All are safe integers, so that they compare, sort and journal cheaply. Participants, groups, sites, pools, links, models and
 * books are small integers from 1 (0 is nobody); regions are codes of six digits (GB/T 2260).
 */
export type ParticipantId = number;
export type OwnerGroup = number;
export type SiteId = number;
export type PoolId = number;
export type LinkId = number;
export type ModelId = number;
export type BookId = number;
export type Region = number;

/** A connection that takes its resting orders with it; numbers grow; 0: none. */
export type SessionId = number;

/** 52 bits derived from the participant and its idempotency key (R-10a); from 1. */
export type OrderId = number;

/** Number of a trade in its shard, from 1. Outside of the shard: shard × 2^44 + this. */
export type TradeNumber = number;

/** ids of sites and pools on other platforms are from here on; the registry's are below. */
const firstRemoteId = 1_000_000_000;

export const isRemotePool = (poolId: PoolId): boolean => poolId >= firstRemoteId;

export const maxOrderId = 2 ** 52 - 1;
const tradesOfAShard = 2 ** 44;

/** The id by which everybody but the shard's own engine knows a trade and its lease. */
export const tradeId = (shard: number, trade: TradeNumber): number => shard * tradesOfAShard + trade;

export const shardOfTrade = (id: number): number => Math.floor(id / tradesOfAShard);

export const numberOfTrade = (id: number): TradeNumber => id % tradesOfAShard;

/** True for an integer in [least, most]; false for fractions and NaN. */
export const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;
