/**
 * The worker: does the work that the two lanes and the sweeps ask for, and is the only process that talks to Fly.
 */
import { assertHostRowsVisible, createDatabase, findInstallationId } from '@hangar/db'
import { closeRedis, createRedis, pingRedis, recallTrace } from '@hangar/jobs'
import { createFlyClient } from '@hangar/fly-client'
import {
  createLogger,
  createMetrics,
  createStopper,
  runMain,
  startOpsServer,
  startTracing,
} from '@hangar/runtime'
import { readConfig } from './config.ts'
import { buildReconcileDeps } from './build.ts'
import { startBulk } from './bulk/index.ts'
import { watchWorker } from './instruments.ts'
import { startLanes } from './lanes.ts'
import { countOutcomes } from './metrics/jobs.ts'
import { startNotify } from './notify/index.ts'
import { measureWorker } from './metrics/stores.ts'

/** What the connections may take to close, once the lanes have given back their work: Redis a second, PostgreSQL another, and some to spare. */
const STOP_MARGIN_MS = 3_000

await runMain('worker', async () => {
  const config = readConfig()
  const logger = createLogger({ service: 'worker', level: config.LOG_LEVEL })
  const stopper = createStopper({ deadlineMs: config.SHUTDOWN_DEADLINE_MS, logger })
  const tracing = await startTracing('worker', config, logger)
  stopper.onStop('traces', () => tracing.close())
  const registry = createMetrics({ service: 'worker' })

  const db = createDatabase({
    connectionString: config.DATABASE_URL,
    applicationName: 'hangar-worker',
    maxConnections: Math.min(config.WORKER_CONCURRENCY, 20),
  })
  stopper.onStop('database', () => db.destroy())
  // Before anything is believed: a role that sees no rows would read every user as gone.
  await assertHostRowsVisible(db)

  const onError = (err: Error) => logger.warn({ err }, 'redis')
  const redis = createRedis({ url: config.REDIS_URL, role: 'worker', name: 'hangar-worker', onError })
  stopper.onStop('redis', () => closeRedis(redis))
  const where = { redis, prefix: config.HANGAR_QUEUE_PREFIX }
  const traces = { tracing, recallTrace: (userId: string) => recallTrace(where, userId) }
  const watching = watchWorker({ registry, db, logger, ...traces })
  const fly = createFlyClient({
    baseUrl: config.FLY_API_BASE_URL,
    token: config.FLY_API_TOKEN,
    orgSlug: config.FLY_ORG_SLUG,
    userAgent: 'hangar-worker',
    logger,
    hooks: watching.flyHooks,
  })
  stopper.onStop('fly', () => fly.close())

  const deps = await buildReconcileDeps({ config, db, fly, logger, ...watching })
  measureWorker({ registry, db, keyRing: deps.keyRing, logger })
  const counted = countOutcomes(registry)
  const lanes = startLanes({ config, deps, redis, logger, counted, ...traces })
  const shared = { config, db, redis, logger, counted, owner: deps.owner }
  const notify = startNotify(shared)
  const bulk = startBulk({ ...shared, policy: deps.settings.policy })
  // Together: a mail server that hangs must not take from the time that the lanes have.
  stopper.onStop('lanes', async () => {
    const deadlineMs = config.SHUTDOWN_DEADLINE_MS - STOP_MARGIN_MS
    await Promise.all([lanes, notify, bulk].map((queues) => queues.close(deadlineMs)))
  })

  const checks = {
    postgres: async () => {
      await findInstallationId(db)
    },
    redis: () => pingRedis(where),
  }
  const ops = await startOpsServer({ port: config.PORT, host: config.HOST, checks, registry, logger })
  stopper.onStop('ops', () => ops.close())
  logger.info({ port: ops.port, owner: deps.owner }, 'ready')

  await stopper.stop(await stopper.waitForSignal())
})
