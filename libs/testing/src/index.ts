export { testDatabase } from './postgres.js';
export type { TestDatabase } from './postgres.js';
