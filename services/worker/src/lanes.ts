/** Every queue this process works on, and one way to stop them all. */
import { LANES } from '@hangar/core'
import {
  createLaneWorker,
  createSweepWorker,
  type HangarWorker,
  type Outcome,
  type ProcessContext,
} from '@hangar/jobs'
import type { createRedis } from '@hangar/jobs'
import type { createMetrics, Logger } from '@hangar/runtime'
import type { WorkerConfig } from './config.ts'
import { countOutcomes } from './metrics.ts'
import type { ReconcileDeps } from './reconcile/deps.ts'
import { reconcileUser } from './reconcile/job.ts'
import { costJob } from './sweeps/cost.ts'
import { differencesJob } from './sweeps/differences.ts'
import { healthJob } from './sweeps/health.ts'

const SWEEPS = { health: healthJob, cost: costJob, sweep: differencesJob } as const

export function startLanes(parts: {
  config: WorkerConfig
  deps: ReconcileDeps
  redis: ReturnType<typeof createRedis>
  logger: Logger
  registry: ReturnType<typeof createMetrics>
}): { close(deadlineMs: number): Promise<void> } {
  const { config, deps, redis, logger, registry } = parts
  const counted = countOutcomes(registry)
  const common = {
    redis,
    prefix: config.HANGAR_QUEUE_PREFIX,
    name: deps.owner,
    onError: (err: Error) => logger.warn({ err }, 'queue'),
  }
  const workers: HangarWorker[] = LANES.map((queue) =>
    createLaneWorker({
      ...common,
      queue,
      concurrency: config.WORKER_CONCURRENCY,
      process: ({ userId }, { signal }) => counted(queue, reconcileUser(deps, userId, signal)),
    }),
  )
  for (const [queue, job] of Object.entries(SWEEPS) as [keyof typeof SWEEPS, (typeof SWEEPS)['health']][]) {
    const process = (_: unknown, { signal }: ProcessContext): Promise<Outcome> =>
      counted(queue, job(deps, signal))
    workers.push(createSweepWorker({ ...common, queue, concurrency: 1, process }))
  }
  return {
    close: async (deadlineMs) => {
      await Promise.all(workers.map((worker) => worker.close(deadlineMs)))
    },
  }
}
