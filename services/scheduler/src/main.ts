/**
 * The scheduler: says what is due and puts it into the queues; never does the work. Several may run at once.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { assertHostRowsVisible, createDatabase, findInstallationId } from '@hangar/db'
import { closeQueues, closeRedis, createQueues, createRedis, pingRedis } from '@hangar/jobs'
import {
  createLogger,
  createMetrics,
  createReadings,
  createStopper,
  policyFrom,
  runMain,
  startOpsServer,
} from '@hangar/runtime'

import { readConfig } from './config.ts'
import { measureFleet } from './fleet-metrics.ts'
import { startLoops } from './loops.ts'

/** What the queues and the connections may take to close after the loops: a second each, and some to spare. */
const STOP_MARGIN_MS = 4_000

await runMain('scheduler', async () => {
  const config = readConfig()
  const logger = createLogger({ service: 'scheduler', level: config.LOG_LEVEL })
  const stopper = createStopper({ deadlineMs: config.SHUTDOWN_DEADLINE_MS, logger })
  const registry = createMetrics({ service: 'scheduler' })

  const db = createDatabase({
    connectionString: config.DATABASE_URL,
    applicationName: 'hangar-scheduler',
    maxConnections: 3,
    statementTimeoutMs: 10_000,
  })
  stopper.onStop('database', () => db.destroy())
  // A role that sees no host rows would send every user to the wrong lane.
  await assertHostRowsVisible(db)

  const redis = createRedis({ url: config.REDIS_URL, role: 'producer', name: 'hangar-scheduler' })
  stopper.onStop('redis', () => closeRedis(redis))
  const queues = createQueues({ redis, prefix: config.HANGAR_QUEUE_PREFIX })
  stopper.onStop('queues', () => closeQueues(queues))

  const readings = createReadings(registry, { logger })
  measureFleet({ registry, readings, db, queues, policy: policyFrom(config) })

  const loops = startLoops({ config, db, queues, logger, registry, signal: stopper.stopping })
  stopper.onStop('loops', () => {
    // A step in hand may wait for a PostgreSQL that says nothing; its connection's end is what ends it then.
    const patienceMs = Math.max(0, config.SHUTDOWN_DEADLINE_MS - STOP_MARGIN_MS)
    const patience = delay(patienceMs, undefined, { ref: false })
    return Promise.race([Promise.all([loops.relay.ended, loops.schedules.ended]), patience]).then(() => {})
  })

  const checks = {
    postgres: async () => {
      await findInstallationId(db)
    },
    redis: () => pingRedis({ redis, prefix: config.HANGAR_QUEUE_PREFIX }),
    relay: loops.relay.checkTurning,
    schedules: loops.schedules.checkTurning,
  }
  const ops = await startOpsServer({ port: config.PORT, host: config.HOST, checks, registry, logger })
  stopper.onStop('ops', () => ops.close())
  logger.info({ port: ops.port }, 'ready')

  await stopper.stop(await stopper.waitForSignal())
})
