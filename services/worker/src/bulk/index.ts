/** The queue `bulk`: acts on many users, one job for each act that is not over. */
import type { Policy } from '@hangar/core'
import type { Database } from '@hangar/db'
import { closeQueues, createBulkWorker, createQueues, type createRedis, wake, wakeLook } from '@hangar/jobs'
import type { Logger } from '@hangar/runtime'
import type { WorkerConfig } from '../config.ts'
import type { Counted } from '../metrics/jobs.ts'
import { runBulk } from './run.ts'

/** Bulks carried on with at the same moment; each turn is short, and the others come after it. */
const CONCURRENCY = 4

export function startBulk(parts: {
  config: Pick<WorkerConfig, 'HANGAR_QUEUE_PREFIX'>
  db: Database
  policy: Policy
  redis: ReturnType<typeof createRedis>
  logger: Logger
  counted: Counted
  owner: string
}): { close(deadlineMs: number): Promise<void> } {
  const { config, db, policy, redis, logger, counted, owner } = parts
  const where = { redis, prefix: config.HANGAR_QUEUE_PREFIX }
  const queues = createQueues(where)
  const deps = {
    db,
    policy,
    logger,
    owner,
    // The want is newer than whatever failed before.
    wake: (userId: string, lane: Parameters<typeof wake>[1]['lane']) =>
      wake(queues, { userId, lane, evenIfBackingOff: true }),
    wakeLook: (userId: string) => wakeLook(queues, userId),
  }
  const worker = createBulkWorker({
    ...where,
    name: owner,
    concurrency: CONCURRENCY,
    onError: (err) => logger.warn({ err }, 'queue'),
    process: ({ bulkId }, { signal }) => counted('bulk', runBulk(deps, bulkId, signal)),
  })
  return {
    close: async (deadlineMs) => {
      await worker.close(deadlineMs)
      await closeQueues(queues)
    },
  }
}
