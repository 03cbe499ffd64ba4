/**
 * Real servers and processes on this machine, for tests, the demo, `npm run dev` and benchmarks: each on a port
 * of its own on 127.0.0.1, each gone when its starter is gone, even by SIGKILL. Needs no test runner.
 */
export * from './auth-stand-in.ts'
export * from './big-fleet.ts'
export * from './courier.ts'
export { dataFolder, temporaryFolder } from './folders.ts'
export * from './free-port.ts'
export * from './managed-process.ts'
export * from './postgres.ts'
export * from './postgres-backup.ts'
export * from './postgres-standby.ts'
export * from './redis.ts'
export * from './redis-many.ts'
export { removeRedisKeys } from './redis-keys.ts'
export {
  EXIT_UNAVAILABLE,
  findRedisServer,
  RedisUnavailableError,
  type RedisProgram,
} from './redis-program.ts'
export * from './start-process.ts'
export * from './wait-for.ts'
export { watch } from './watchdog.ts'
