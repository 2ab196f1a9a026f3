export { testDatabase } from './postgres.js';
export type { TestDatabase } from './postgres.js';
export { TestExchange, firstMoment, operator, testExchange } from './exchange.js';
export type { HttpAnswer, HttpRequest, TestCaller, TestClient } from './exchange.js';
