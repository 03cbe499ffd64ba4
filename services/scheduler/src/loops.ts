/** What the scheduler does, by the clock: the relay, and the check that the schedules are in Redis. */
import { systemClock } from '@hangar/core'
import { type Database, recordSweepIntervals } from '@hangar/db'
import {
  ensureSchedulers,
  NOTIFY_SCHEDULES,
  SCHEDULES,
  type Queues,
  type Schedule,
  type SweepName,
} from '@hangar/jobs'
import { policyFrom, type createMetrics, type Logger } from '@hangar/runtime'

import type { SchedulerConfig } from './config.ts'
import { watchHistory } from './history.ts'
import { startLoop, type Loop, type LoopEvents } from './loop.ts'
import { createLoopMetrics, createRelayMetrics } from './metrics.ts'
import { relayOnce } from './relay.ts'

export type LoopParts = {
  config: SchedulerConfig
  db: Database
  queues: Queues
  logger: Logger
  registry: ReturnType<typeof createMetrics>
  signal: AbortSignal
}

export function startLoops(parts: LoopParts): { relay: Loop; schedules: Loop } {
  const { config, db, queues, logger, registry, signal } = parts
  const measured = createLoopMetrics(registry)
  const relay = {
    db,
    queues,
    policy: policyFrom(config),
    batchSize: config.RELAY_BATCH_SIZE,
    metrics: createRelayMetrics(registry),
  }
  const common = { signal, clock: systemClock }
  return {
    relay: startLoop({
      ...common,
      ...logged('relay', logger, measured('relay')),
      intervalMs: config.RELAY_INTERVAL_MS,
      step: async () => {
        await watchHistory({ db, queues, logger })
        await relayOnce(relay)
      },
    }),
    schedules: startLoop({
      ...common,
      ...logged('schedules', logger, measured('schedules')),
      intervalMs: config.SCHEDULE_CHECK_INTERVAL_MS,
      step: keepSchedules({ db, queues, logger }, schedulesFrom(config)),
    }),
  }
}

/** The schedules, with the configured intervals in place of the usual ones. */
export function schedulesFrom(config: SchedulerConfig): Schedule<SweepName>[] {
  const everyMs: Record<SweepName, number> = {
    guards: config.GUARDS_INTERVAL_MS,
    alerts: config.ALERTS_INTERVAL_MS,
    differences: config.DIFFERENCES_INTERVAL_MS,
    stuck: config.STUCK_INTERVAL_MS,
    orphans: config.ORPHANS_INTERVAL_MS,
    health: config.HEALTH_INTERVAL_MS,
    cost: config.COST_INTERVAL_MS,
  }
  return SCHEDULES.map((schedule) => ({ ...schedule, everyMs: everyMs[schedule.id] }))
}

/**
 * A changed definition is written once, at the start; after that only what is missing or broken is (see jobs). Postgres
 * learns how often a sweep is meant to run, so that one that does not is missed, whatever Redis has forgotten.
 */
function keepSchedules(
  { db, queues, logger }: Pick<LoopParts, 'db' | 'queues' | 'logger'>,
  sweeps: Schedule<SweepName>[],
): () => Promise<void> {
  const schedules: Schedule[] = [...sweeps, ...NOTIFY_SCHEDULES]
  let replaceChanged = true
  return async () => {
    const { written } = await ensureSchedulers(queues, { schedules, replaceChanged })
    if (replaceChanged) await recordSweepIntervals(db, sweeps)
    replaceChanged = false
    for (const { id, why } of written) logger.info({ schedule: id, why }, 'schedule written')
  }
}

/** One line when a loop begins to fail and one when it works again, however long the outage lasts. */
function logged(
  loop: string,
  logger: Logger,
  metrics: Pick<LoopEvents, 'onSuccess' | 'onFailure'>,
): LoopEvents {
  return {
    ...metrics,
    onFailure: (err, failuresInARow) => {
      metrics.onFailure?.(err, failuresInARow)
      const level = failuresInARow === 1 ? 'warn' : 'debug'
      logger[level]({ loop, err, failuresInARow }, 'round failed')
    },
    onRecovery: (failuresInARow) => logger.info({ loop, failuresInARow }, 'rounds succeed again'),
  }
}
