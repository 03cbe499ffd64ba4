/** Every queue this process works on, and one way to stop them all. */
import { type Lane, LANES } from '@hangar/core'
import {
  closeQueues,
  createInspectWorker,
  createLaneWorker,
  createQueues,
  createSweepWorker,
  type HangarWorker,
  listWaitingHeads,
  type Outcome,
  type ProcessContext,
} from '@hangar/jobs'
import type { createRedis } from '@hangar/jobs'
import type { Logger, Tracing } from '@hangar/runtime'
import type { WorkerConfig } from './config.ts'
import type { Counted } from './metrics/jobs.ts'
import type { ReconcileDeps } from './reconcile/deps.ts'
import { checkHealth } from './inspect/health.ts'
import { answerRequest } from './inspect/job.ts'
import { reconcileUser } from './reconcile/job.ts'
import { isSweep, runSweep, SWEEP_QUEUES } from './sweeps/index.ts'

/** Few people ask at once, and each answer costs a handful of reads on Fly that the lanes need. */
const INSPECT_CONCURRENCY = 4

export function startLanes(parts: {
  config: Pick<WorkerConfig, 'HANGAR_QUEUE_PREFIX' | 'WORKER_CONCURRENCY'>
  deps: ReconcileDeps
  redis: ReturnType<typeof createRedis>
  logger: Logger
  counted: Counted
  tracing: Tracing
  /** The trace that a user's work belongs to; asked only where tracing is on. */
  recallTrace: (userId: string) => Promise<string | undefined>
}): { close(deadlineMs: number): Promise<void> } {
  const { config, deps, redis, logger, counted } = parts
  const common = {
    redis,
    prefix: config.HANGAR_QUEUE_PREFIX,
    name: deps.owner,
    onError: (err: Error) => logger.warn({ err }, 'queue'),
  }
  const traced = inTrace(parts)
  const lanes: HangarWorker[] = LANES.map((queue) =>
    createLaneWorker({
      ...common,
      queue,
      concurrency: config.WORKER_CONCURRENCY,
      process: ({ userId }, { signal }) =>
        counted(
          queue,
          traced(queue, userId, () => reconcileUser(deps, userId, signal)),
        ),
    }),
  )
  const queues = createQueues({ redis, prefix: config.HANGAR_QUEUE_PREFIX })
  const sweepDeps = { ...deps, listWaitingHeads: () => listWaitingHeads(queues) }
  const sweep = async (_: unknown, context: ProcessContext): Promise<Outcome> => {
    const { name } = context
    if (!isSweep(name)) return { kind: 'never', error: new Error(`no sweep is called ${name}`) }
    return counted(name, runSweep(sweepDeps, name, context))
  }
  const sweeps = SWEEP_QUEUES.map((queue) =>
    createSweepWorker({ ...common, queue, concurrency: 1, process: sweep }),
  )
  const inspect = createInspectWorker({
    ...common,
    concurrency: INSPECT_CONCURRENCY,
    process: (job, { signal }) =>
      counted(
        'inspect',
        'requestId' in job
          ? answerRequest(deps, job.requestId, signal)
          : checkHealth(deps, job.healthOf, signal),
      ),
  })
  return {
    close: async (deadlineMs) => {
      await Promise.all([...lanes, ...sweeps, inspect].map((worker) => worker.close(deadlineMs)))
      await closeQueues(queues)
    },
  }
}

/** A run of a user's job belongs to the trace of what caused it. */
function inTrace({
  tracing,
  recallTrace,
}: Pick<Parameters<typeof startLanes>[0], 'tracing' | 'recallTrace'>) {
  return async (lane: Lane, userId: string, run: () => Promise<Outcome>): Promise<Outcome> => {
    if (!tracing.enabled) return run()
    const parent = await recallTrace(userId)
    const attributes = { 'hangar.lane': lane, 'hangar.user_id': userId }
    return tracing.span('reconcile', { kind: 'consumer', parent, attributes }, async (span) => {
      const outcome = await run()
      span.set({ 'hangar.outcome': outcome.kind })
      return outcome
    })
  }
}
