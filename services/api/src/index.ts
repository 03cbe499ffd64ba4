/**
 * The HTTP side of Hangar: the webhook that a tier change sends, the admin API, the product's existing calls, the
 * shim that users' apps talk to, and the queues' board. It writes what is wanted and wakes the lanes; it never
 * talks to Fly. `main.ts` is the process; what is exported here is for tests and benchmarks.
 */
export { createApp } from './app.ts'
export { configSchema, readConfig, type ApiConfig } from './config.ts'
export type { ApiDeps } from './deps.ts'
export { createApiMetrics, type ApiMetrics } from './metrics.ts'
export { startServer, type HttpServer } from './server.ts'
