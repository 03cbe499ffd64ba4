/**
 * For tests: a database per file, a corner of Redis per file, a clock that is moved by hand, the host product's
 * rows, and real processes. Nothing in production imports it. What needs no test runner is '@hangar/testkit/local'.
 */
export * from './clock.ts'
export * from './database.ts'
export * from './factories.ts'
export * from './local/index.ts'
export * from './redis.ts'
