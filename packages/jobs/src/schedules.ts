import { systemClock, type Clock } from '@hangar/core'
import type { Queue } from 'bullmq'

import { NOTIFY_JOB_OPTIONS, SWEEP_JOB_OPTIONS, type Queues, type ScheduledQueueName } from './queues.ts'
import { assertRedisReady, withinMs } from './redis.ts'

/** `id` is the job's name, by which a worker knows what to do. */
export type Schedule<Id extends string = string> = { id: Id; queue: ScheduledQueueName; everyMs: number }

const MINUTE_MS = 60_000

/** What runs by the clock. The scheduler keeps these in Redis; the workers do the work. */
export const SCHEDULES = [
  { id: 'guards', queue: 'guards', everyMs: 15_000 },
  { id: 'alerts', queue: 'guards', everyMs: MINUTE_MS },
  { id: 'differences', queue: 'sweep', everyMs: MINUTE_MS },
  { id: 'stuck', queue: 'sweep', everyMs: MINUTE_MS },
  { id: 'orphans', queue: 'sweep', everyMs: 5 * MINUTE_MS },
  { id: 'health', queue: 'health', everyMs: 5 * MINUTE_MS },
  { id: 'cost', queue: 'cost', everyMs: 60 * MINUTE_MS },
] as const satisfies readonly Schedule[]
export type SweepName = (typeof SCHEDULES)[number]['id']

/** Who is told of something by the clock: each channel by itself, so that none waits for another. */
export const NOTIFY_SCHEDULES = [
  { id: 'notify_mail', queue: 'notify', everyMs: 5_000 },
  { id: 'notify_webhook', queue: 'notify', everyMs: 5_000 },
  { id: 'notify_users', queue: 'notify', everyMs: 15_000 },
] as const satisfies readonly Schedule[]
export type NotifyName = (typeof NOTIFY_SCHEDULES)[number]['id']

/** Jobs of one queue at once, over all replicas. A channel that hangs leaves room for the others. */
const AT_ONCE: Partial<Record<ScheduledQueueName, number>> = { notify: NOTIFY_SCHEDULES.length + 1 }

/** A run due for so long that nobody holds as a job any more is a broken chain, not one about to be fetched. */
const BROKEN_CHAIN_AFTER_MS = 10_000

/** Nobody waits for the answer; the next check comes in seconds. */
const DEFAULT_ENSURE_TIMEOUT_MS = 5000

/** States of a run that still will be, or is being, worked on. */
const ALIVE_STATES = new Set<string>(['waiting', 'delayed', 'active', 'prioritized', 'waiting-children'])

type ScheduleState = 'present' | 'missing' | 'changed' | 'broken'

export type EnsureSchedulersResult = { written: { id: string; why: Exclude<ScheduleState, 'present'> }[] }

export type EnsureSchedulersOptions = {
  schedules?: readonly Schedule[]
  /**
   * Also replace a schedule whose definition differs. True at a process's start; false in the check every few
   * seconds, or two versions running side by side during a deploy would overwrite each other for ever.
   */
  replaceChanged?: boolean
  clock?: Clock
  /** Bounds the whole check. */
  timeoutMs?: number
}

/**
 * Writes each schedule only where it is missing, changed, or broken. A blind upsert would be wrong: it removes a
 * run that is due but not fetched yet, and for cron patterns that run is lost. Several replicas may do this at
 * once: the run's id holds its time, so the same run cannot exist twice. Throws `redis_unavailable` like `wake`.
 */
export async function ensureSchedulers(
  queues: Queues,
  { timeoutMs = DEFAULT_ENSURE_TIMEOUT_MS, ...options }: EnsureSchedulersOptions = {},
): Promise<EnsureSchedulersResult> {
  assertRedisReady(queues.redis)
  return withinMs(ensureAll(queues, options), timeoutMs, 'The schedules were not checked')
}

async function ensureAll(
  queues: Queues,
  {
    schedules = [...SCHEDULES, ...NOTIFY_SCHEDULES],
    replaceChanged = true,
    clock = systemClock,
  }: EnsureSchedulersOptions,
): Promise<EnsureSchedulersResult> {
  const written: EnsureSchedulersResult['written'] = []
  for (const schedule of schedules) {
    const queue = queues[schedule.queue]
    await ensureAtOnce(queue, AT_ONCE[schedule.queue] ?? 1)
    const state = await inspect(queue, schedule, clock)
    if (state === 'present' || (state === 'changed' && !replaceChanged)) continue
    await queue.upsertJobScheduler(
      schedule.id,
      { every: schedule.everyMs },
      {
        name: schedule.id,
        data: {},
        opts: schedule.queue === 'notify' ? NOTIFY_JOB_OPTIONS : SWEEP_JOB_OPTIONS,
      },
    )
    written.push({ id: schedule.id, why: state })
  }
  return { written }
}

/** Of sweeps, one: one that outlasts its interval makes the next one wait instead of running beside it, on any replica. */
async function ensureAtOnce(queue: Queue, count: number): Promise<void> {
  if ((await queue.getGlobalConcurrency()) !== count) await queue.setGlobalConcurrency(count)
}

async function inspect(queue: Queue, { id, everyMs }: Schedule, clock: Clock): Promise<ScheduleState> {
  const found = await queue.getJobScheduler(id)
  if (found === undefined) return 'missing'
  if (found.every !== everyMs) return 'changed'
  const overdueMs = clock.now().getTime() - (found.next ?? 0)
  if (overdueMs < BROKEN_CHAIN_AFTER_MS) return 'present'
  // Each run makes the next one when it starts. A run removed by hand, or lost in a crash, would end the chain.
  const state = await queue.getJobState(`repeat:${id}:${found.next ?? 0}`)
  return ALIVE_STATES.has(state) ? 'present' : 'broken'
}
