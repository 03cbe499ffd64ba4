import { Queue, type DefaultJobOptions } from 'bullmq'
import type { BulkJob, InspectJob, LaneJob, SweepJob } from './payloads.ts'
import { assertPrefixFits, type RedisClient } from './redis.ts'

/**
 * `provision` and `deprovision` are two lanes to the same reconcile, so that a burst of downgrades never delays
 * an upgrade. The others carry sweeps by name, made by job schedulers; the sweeps of one queue take turns, and
 * `guards` waits for no other. `inspect` carries questions about one user, which change nothing but what is known. `notify` tells people
 * of alerts, one job for each channel at a time, so that nothing else ever waits for a mail server. `bulk` carries out
 * acts on many users, one job for each act.
 */
export const QUEUES = {
  provision: 'provision',
  deprovision: 'deprovision',
  guards: 'guards',
  health: 'health',
  cost: 'cost',
  sweep: 'sweep',
  inspect: 'inspect',
  notify: 'notify',
  bulk: 'bulk',
} as const
export type QueueName = keyof typeof QUEUES
export type SweepQueueName = 'guards' | 'health' | 'cost' | 'sweep'
/** What job schedulers fill. */
export type ScheduledQueueName = SweepQueueName | 'notify'

/** The braces put every key on one node of a Redis Cluster; without them BullMQ's scripts fail with CROSSSLOT. */
export const DEFAULT_PREFIX = '{hangar}'

/** The custom backoff type: the delay travels in the error (see outcome.ts). */
export const BACKOFF_TYPE = 'hangar'

/**
 * BullMQ never gives up on a lane job by itself: `user_work.failed_attempts` counts, so that a flush of Redis or
 * a change of lane cannot restart the count. How long finished jobs are kept is the worker's business (worker.ts):
 * what stands here is packed into every job.
 */
export const LANE_JOB_OPTIONS = {
  attempts: 1_000_000,
  backoff: { type: BACKOFF_TYPE },
  stackTraceLimit: 5,
} as const satisfies DefaultJobOptions

/** A sweep that keeps failing is given up: the next run comes anyway, and reads everything afresh. */
export const SWEEP_JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: BACKOFF_TYPE },
  stackTraceLimit: 5,
} as const satisfies DefaultJobOptions

/** What failed is in Postgres with the time of its next try, and the next job comes in seconds. */
export const NOTIFY_JOB_OPTIONS = {
  attempts: 1,
  stackTraceLimit: 5,
} as const satisfies DefaultJobOptions

/** Whoever asks waits for seconds and can ask again: no repetition by itself. */
export const INSPECT_JOB_OPTIONS = {
  attempts: 1,
  stackTraceLimit: 5,
} as const satisfies DefaultJobOptions

export type Queues = {
  readonly redis: RedisClient
  readonly prefix: string
  readonly provision: Queue<LaneJob>
  readonly deprovision: Queue<LaneJob>
  readonly guards: Queue<SweepJob>
  readonly health: Queue<SweepJob>
  readonly cost: Queue<SweepJob>
  readonly sweep: Queue<SweepJob>
  readonly inspect: Queue<InspectJob>
  readonly notify: Queue<SweepJob>
  readonly bulk: Queue<BulkJob>
}

/** The producing side of all queues, over one `producer` connection that the caller owns and closes. */
export function createQueues({
  redis,
  prefix = DEFAULT_PREFIX,
}: {
  redis: RedisClient
  prefix?: string
}): Queues {
  assertPrefixFits(redis, prefix)
  const open = <T>(name: QueueName, defaultJobOptions: DefaultJobOptions) => {
    const queue = new Queue<T>(name, {
      connection: redis,
      prefix,
      defaultJobOptions,
      // The check is one INFO at start; if Redis drops just then, BullMQ never uses the queue again. Workers check.
      skipVersionCheck: true,
    })
    // The connection has its own listener; without one here, too, an error event would end the process.
    queue.on('error', () => {})
    return queue
  }
  return {
    redis,
    prefix,
    provision: open<LaneJob>('provision', LANE_JOB_OPTIONS),
    deprovision: open<LaneJob>('deprovision', LANE_JOB_OPTIONS),
    guards: open<SweepJob>('guards', SWEEP_JOB_OPTIONS),
    health: open<SweepJob>('health', SWEEP_JOB_OPTIONS),
    cost: open<SweepJob>('cost', SWEEP_JOB_OPTIONS),
    sweep: open<SweepJob>('sweep', SWEEP_JOB_OPTIONS),
    inspect: open<InspectJob>('inspect', INSPECT_JOB_OPTIONS),
    notify: open<SweepJob>('notify', NOTIFY_JOB_OPTIONS),
    // Where a bulk stands is in Postgres: whatever goes wrong, the next run goes on from there.
    bulk: open<BulkJob>('bulk', LANE_JOB_OPTIONS),
  }
}

/** Every queue, in the order in which pages and metrics show them. */
export function listQueues(queues: Queues): Queue[] {
  return Object.values(QUEUES).map((name) => queues[name] as Queue)
}

/** Lets go of the connection; it stays open, because the caller made it. */
export async function closeQueues(queues: Queues): Promise<void> {
  await Promise.all(listQueues(queues).map((queue) => queue.close()))
}
