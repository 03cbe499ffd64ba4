// services/worker as its main.ts builds it, except that Fly's rate limits are off (see worker.ts).
import { createDatabase } from '@hangar/db'
import { closeRedis, createRedis } from '@hangar/jobs'
import {
  createLogger,
  createMetrics,
  createStopper,
  NO_TRACING,
  runMain,
  startOpsServer,
} from '@hangar/runtime'

import { buildReconcileDeps } from '../../services/worker/src/build.ts'
import { startLanes } from '../../services/worker/src/lanes.ts'
import { countOutcomes } from '../../services/worker/src/metrics/jobs.ts'
import { unlimitedFlyClient, workerConfig } from './worker.ts'

const UNTRACED = { tracing: NO_TRACING, recallTrace: () => Promise.resolve(undefined) }

await runMain('worker', async () => {
  const config = workerConfig(process.env)
  const logger = createLogger({ service: 'worker', level: config.LOG_LEVEL })
  const stopper = createStopper({ deadlineMs: config.SHUTDOWN_DEADLINE_MS, logger })
  const registry = createMetrics({ service: 'worker' })
  const db = createDatabase({
    connectionString: config.DATABASE_URL,
    applicationName: 'hangar-worker',
    maxConnections: Math.min(config.WORKER_CONCURRENCY, 20),
  })
  stopper.onStop('database', () => db.destroy())
  const redis = createRedis({ url: config.REDIS_URL, role: 'worker', name: 'hangar-worker' })
  stopper.onStop('redis', () => closeRedis(redis))
  const fly = unlimitedFlyClient(config, { logger })
  stopper.onStop('fly', () => fly.close())
  const deps = await buildReconcileDeps({ config, db, fly, logger })
  const lanes = startLanes({ config, deps, redis, logger, counted: countOutcomes(registry), ...UNTRACED })
  stopper.onStop('lanes', () => lanes.close(2000))
  const ops = await startOpsServer({ port: config.PORT, host: config.HOST, checks: {}, registry, logger })
  stopper.onStop('ops', () => ops.close())
  await stopper.stop(await stopper.waitForSignal())
})
