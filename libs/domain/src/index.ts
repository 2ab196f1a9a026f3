export { dayText, firstDayOfMonth } from './calendar.js';
export { isRemotePool, isWithin, maxOrderId, numberOfTrade, shardOfTrade, tradeId } from './ids.js';
export type { BookId, LinkId, ModelId, OrderId, OwnerGroup, ParticipantId, PoolId, Region, SessionId, SiteId, TradeNumber } from './ids.js';
export { coarserLevels, largestOf, layersOf, leastUnits, lesserOf, levelsOf, levelsWithin, levelsWithout, mostUnits } from './levels.js';
export type { Layer, Levels, UnitRange } from './levels.js';
export {
  ComputeClass,
  DataClass,
  demandsOfDataClass,
  Health,
  Interconnect,
  isOneOf,
  Placement,
  Precision,
  Preference,
  ResidencyZone,
  Standby,
  Tier,
  TimeInForce,
  Unit,
} from './market.js';
export { divideHalfEven, divideUp, formatYuan, microYuanPerFen, microYuanPerYuan, parseYuan, roundToFen, shareOf } from './money.js';
export type { Money } from './money.js';
export { amountOf, isPrice, maxOrderValue, maxPrice, passesWorstCase, tick } from './price.js';
export type { Price } from './price.js';
export { countedPerPflops, countOfOne, maxNodes, maxTflopsMilli, maxUnits, maxUnitsPerNode } from './quantity.js';
export {
  everyHour,
  everyWeekday,
  firstSellableSlot,
  shanghaiDay,
  shanghaiHour,
  shanghaiWeekday,
  slotAt,
  slotIsAllowed,
  slotMs,
  slotsPerDay,
  slotsPerHour,
  startOfShanghaiDay,
  startOfSlot,
} from './slot.js';
export type { Slot, Time, Window } from './slot.js';
