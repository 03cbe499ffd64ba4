import { systemClock, type Clock } from '@hangar/core'
import type { Job, Queue } from 'bullmq'
import { QUEUES, type QueueName, type Queues } from './queues.ts'
import { assertRedisReady, withinMs } from './redis.ts'

/** What a job of ours can be in. */
export const JOB_STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const
export type JobState = (typeof JOB_STATES)[number]

export type QueueMeasure = {
  queue: QueueName
  /** Of `completed` and `failed`, those that are still kept. */
  jobs: Record<JobState, number>
  /** Somebody has pressed pause: nothing of it is worked on. */
  paused: boolean
  /**
   * For how long the next job could have been worked on already. Of a lane's job, which may have been parked for hours
   * before, Redis does not know: that is asked of Postgres (`measureLanes`).
   */
  oldestWaitingMs: number | null
}

const TIMEOUT_MS = 2_000
const LANES = new Set<QueueName>(['provision', 'deprovision'])

/** Each queue, in the order of the list. Throws `redis_unavailable` like `wake`. */
export async function measureQueues(queues: Queues, clock: Clock = systemClock): Promise<QueueMeasure[]> {
  assertRedisReady(queues.redis)
  const names = Object.values(QUEUES)
  const measured = Promise.all(names.map((name) => measure(name, queues[name] as Queue, clock)))
  return withinMs(measured, TIMEOUT_MS, 'The queues were not measured')
}

async function measure(name: QueueName, queue: Queue, clock: Clock): Promise<QueueMeasure> {
  const [counts, paused] = await Promise.all([queue.getJobCounts(...JOB_STATES), queue.isPaused()])
  const jobs = Object.fromEntries(
    JOB_STATES.map((state) => [state, counts[state] ?? 0]),
  ) as QueueMeasure['jobs']
  if (LANES.has(name)) return { queue: name, jobs, paused, oldestWaitingMs: null }
  const [next] = jobs.waiting === 0 ? [] : await queue.getJobs(['waiting'], 0, 0, true)
  const waitedMs = next ? clock.now().getTime() - dueSince(next) : 0
  return { queue: name, jobs, paused, oldestWaitingMs: Math.max(0, waitedMs) }
}

/** A scheduled run is made ahead of its time; one that failed before waits since then, at the earliest. */
function dueSince(job: Job): number {
  return Math.max(job.timestamp + (job.opts.delay ?? 0), job.processedOn ?? 0)
}
