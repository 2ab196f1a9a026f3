// What others take of the demo: its way to an exchange, its trace and market, the smallest market that trades, and an exchange as a process.
export { buyers, links, modelOf, providers } from './cast.js';
export { Api, Problem } from './client.js';
export type { Json } from './client.js';
export { migrateAs, settingsOf, startExchange, startPrivateExchange } from './exchange-process.js';
export type { ExchangeProcess, ExchangeProcessOptions } from './exchange-process.js';
export { readOptions } from './options.js';
export type { DemoOptions } from './options.js';
export { askFen, bidOf, movedWindow, nightOffers, slotMs, standingOffers, yuan } from './orders.js';
export { beginning, progressTo } from './progress.js';
export { Random } from './random.js';
export { participant } from './registering.js';
export { book, openSmallMarket, rfc, smallMarket } from './small-market.js';
export type { SmallMarket } from './small-market.js';
export { shape } from './trace.js';
export type { NodeGroup, Shape, Task } from './trace.js';
export { Upkeep } from './upkeep.js';
export { buildMarket } from './world.js';
export type { Cast, Pool, World } from './world.js';
