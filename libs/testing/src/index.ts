export { Authority, writePapers } from './authority.js';
export type { Issued } from './authority.js';
export { testDatabase } from './postgres.js';
export type { TestDatabase } from './postgres.js';
export { TestExchange, firstMoment, operator, testExchange } from './exchange.js';
export type { HttpAnswer, HttpRequest, TestCaller, TestClient } from './exchange.js';
export { testKafka } from './kafka.js';
export type { TestKafka } from './kafka.js';
