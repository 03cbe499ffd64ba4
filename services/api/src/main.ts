import { createKeyRing, HangarError, systemClock } from '@hangar/core'
import { assertHostRowsVisible, createDatabase, findHostMapping, listEngaged } from '@hangar/db'
import { closeQueues, closeRedis, createQueues, createRedis } from '@hangar/jobs'
import {
  createLogger,
  createMetrics,
  createReadings,
  createStopper,
  measureBrakes,
  policyFrom,
  runMain,
  startTracing,
} from '@hangar/runtime'
import { createApp } from './app.ts'
import { createChangeFeed } from './changes/feed.ts'
import { accessFrom, readConfig, userTokensFrom } from './config.ts'
import { createApiMetrics } from './metrics.ts'
import { startServer } from './server.ts'

/** Longer than a look at Fly usually takes, shorter than the time-outs of whoever calls us. */
const INSPECT_WAIT_MS = 5_000
/** Less than a page waits between the news of a change and its next question. */
const OVERVIEW_REUSE_MS = 1_000

await runMain('api', async () => {
  const config = readConfig()
  const logger = createLogger({ service: 'api', level: config.LOG_LEVEL })
  const stopper = createStopper({ deadlineMs: config.SHUTDOWN_DEADLINE_MS, logger })

  const db = createDatabase({ connectionString: config.DATABASE_URL, applicationName: 'hangar-api' })
  stopper.onStop('database', () => db.destroy())
  await assertHostRowsVisible(db)
  const mapping = await findHostMapping(db)
  if (!mapping) throw new HangarError('host_not_installed')

  const onError = (error: Error) => logger.warn({ err: error }, 'Redis is not reachable')
  const redis = createRedis({ url: config.REDIS_URL, role: 'producer', name: 'hangar-api', onError })
  const queues = createQueues({ redis, prefix: config.HANGAR_QUEUE_PREFIX })
  stopper.onStop('redis', () => closeRedis(redis))
  stopper.onStop('queues', () => closeQueues(queues))

  const tracing = await startTracing('api', config, logger)
  stopper.onStop('traces', () => tracing.close())
  const registry = createMetrics({ service: 'api' })
  measureBrakes(registry, createReadings(registry, { logger }), () => listEngaged(db))

  const masterKeys = { current: config.HANGAR_MASTER_KEY, previous: config.HANGAR_MASTER_KEY_PREVIOUS }
  const app = createApp({
    db,
    queues,
    keyRing: createKeyRing(masterKeys),
    policy: policyFrom(config),
    costs: {
      priceModel: config.PRICE_MODEL,
      region: config.FLY_DEFAULT_REGION,
      revenue: config.TIER_REVENUE_MONTHLY_USD ?? null,
    },
    appPrefix: config.FLY_APP_PREFIX,
    drainGraceMs: config.DRAIN_GRACE_MS,
    quotas: { pro: config.QUOTA_PRO, elite: config.QUOTA_ELITE },
    ...accessFrom(config),
    webhook: {
      signingKeys: config.HANGAR_WEBHOOK_SECRET ?? [],
      sharedSecrets: config.HANGAR_WEBHOOK_SHARED_SECRET ?? [],
    },
    host: mapping,
    placement: { handover: config.PLACEMENT_HANDOVER, sharedTokens: config.HANGAR_SHARED_TOKEN ?? [] },
    userTokens: userTokensFrom(config, systemClock),
    publicUrl: new URL(config.HANGAR_PUBLIC_URL),
    clock: systemClock,
    changes: createChangeFeed({ db, clock: systemClock, logger, stopping: stopper.stopping }),
    stopping: stopper.stopping,
    inspectWaitMs: INSPECT_WAIT_MS,
    overviewReuseMs: OVERVIEW_REUSE_MS,
    logger,
    metrics: createApiMetrics(registry),
    tracing,
  })
  const server = await startServer(app, { port: config.PORT, host: config.HOST })
  stopper.onStop('http', (signal) => server.close(signal, config.SHUTDOWN_NOTICE_MS))
  logger.info({ port: server.port }, 'listening')

  await stopper.stop(await stopper.waitForSignal())
})
