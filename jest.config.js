// Everyday tests are *.test.ts beside the code; slow suites are *.full.test.ts and run with
// HANGAR_TEST_SUITE=full (npm run test:full).
// eslint-disable-next-line no-restricted-properties -- a configuration, as config.ts is for a process
const full = process.env.HANGAR_TEST_SUITE === 'full'

/** @type {import('jest').Config} */
export default {
  roots: [
    '<rootDir>/packages',
    '<rootDir>/services',
    '<rootDir>/cli',
    '<rootDir>/scripts',
    '<rootDir>/db',
    '<rootDir>/bench',
    '<rootDir>/proof',
    '<rootDir>/web',
  ],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...(full ? [] : ['\\.full\\.test\\.ts$'])],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  globalSetup: '<rootDir>/packages/testkit/src/jest/global-setup.mts',
  globalTeardown: '<rootDir>/packages/testkit/src/jest/global-teardown.mts',
  // Node's environment with a leak check: a file that leaves something open fails.
  testEnvironment: '<rootDir>/packages/testkit/src/jest/environment.mts',
  testTimeout: 60_000,
  // The heap of a worker grows by some 25 MB a file; without a limit it never gives that back.
  workerIdleMemoryLimit: '300MB',
  // Half a second, the default, is too short for a worker to end in on a busy machine.
  workerGracefulExitTimeout: 5_000,
}
