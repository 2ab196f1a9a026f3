// What others take of the demo: its way to an exchange, the smallest market that trades, and an exchange as a process.
export { Api, Problem } from './client.js';
export type { Json } from './client.js';
export { endedWithUs, migrateAs, settingsOf, startExchange, startPrivateExchange } from './exchange-process.js';
export type { ExchangeProcess, ExchangeProcessOptions } from './exchange-process.js';
export { slotMs } from './orders.js';
export { participant } from './registering.js';
export { book, openSmallMarket, rfc, smallMarket } from './small-market.js';
export type { SmallMarket } from './small-market.js';
