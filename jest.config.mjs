/** One configuration for the whole workspace: ECMAScript modules, TypeScript by swc, no build before a test. */
export default {
  testEnvironment: '<rootDir>/libs/testing/src/environment.mjs',
  testMatch: ['<rootDir>/{libs,services,deploy}/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^#(domain|matching-engine|contracts|platform|paper|testing)$': '<rootDir>/libs/$1/src/index.ts',
    '^#naive-engine$': '<rootDir>/libs/matching-engine/reference/naive-engine.ts',
    '^#random-commands$': '<rootDir>/libs/matching-engine/test/random-commands.ts',
    '^#demo$': '<rootDir>/services/exchange/src/demo/index.ts',
    '^#cluster$': '<rootDir>/deploy/cluster/index.ts',
    '^#exchange$': '<rootDir>/services/exchange/src/exchange.ts',
    '^#(\\w+)$': '<rootDir>/services/$1/src/$1.module.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/', '<rootDir>/.exchange/'],
  testSequencer: '<rootDir>/scripts/sequencer.mjs',
  globalSetup: '<rootDir>/libs/testing/src/global-setup.mjs',
  setupFilesAfterEnv: ['<rootDir>/libs/testing/src/after-file.mjs'],
  globalTeardown: '<rootDir>/libs/testing/src/global-teardown.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
};
