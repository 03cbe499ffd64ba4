import { randomUUID } from 'node:crypto'

import type { Lane } from '@hangar/core'
import { Job, type Queue } from 'bullmq'

import { isParked } from './outcome.ts'
import type { LaneJob } from './payloads.ts'
import type { Queues } from './queues.ts'
import { assertRedisReady, withinMs } from './redis.ts'

/**
 * The state of a user's job in a lane, and what waking does to it:
 *
 *   no job         ─▶ added
 *   waiting        ─▶ coalesced: it has not started, so it will read the newest state anyway
 *   active         ─▶ coalesced: BullMQ keeps the add and runs the job again when this run ends (keepLastIfActive)
 *   parked         ─▶ promoted: BullMQ drops adds made while a job is delayed, so the delay is ended instead
 *   backing off    ─▶ coalesced: it failed and runs again when its time comes; promoted only with `evenIfBackingOff`
 */
export type WakeResult = 'added' | 'coalesced' | 'promoted'

/** A caller such as the webhook answers in milliseconds or gives up on Redis; Postgres has the work. */
export const DEFAULT_WAKE_TIMEOUT_MS = 1000

export type WakeTarget = {
  userId: string
  lane: Lane
  /**
   * Ends a backoff too. For the relay, which has asked Postgres whether the user is due, and for an operator's
   * "retry now"; a mere hint (webhook, heartbeat) leaves it out.
   */
  evenIfBackingOff?: boolean
}

/**
 * Makes sure that the lane looks at the user soon. Safe to repeat and to run from many processes at once.
 * Throws HangarError `redis_unavailable` when Redis is down, within `timeoutMs` at most and at once when the
 * connection is known to be gone.
 */
export async function wake(
  queues: Queues,
  target: WakeTarget,
  { timeoutMs = DEFAULT_WAKE_TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<WakeResult> {
  assertRedisReady(queues.redis)
  return withinMs(
    addOrPromote(queues[target.lane], target),
    timeoutMs,
    `The ${target.lane} lane was not woken`,
  )
}

async function addOrPromote(
  queue: Queue<LaneJob>,
  { userId, evenIfBackingOff = false }: WakeTarget,
): Promise<WakeResult> {
  const jobId = randomUUID()
  const job = await queue.add(
    'reconcile',
    { userId },
    { jobId, deduplication: { id: userId, keepLastIfActive: true } },
  )
  // BullMQ tells of a deduplicated add in one way only: the job it returns is not the one that was asked for.
  if (job.id === undefined || job.id === jobId) return 'added'

  const existing = await Job.fromId<LaneJob>(queue, job.id)
  if (existing === undefined || existing.delay <= 0) return 'coalesced'
  if (!isParked(existing) && !evenIfBackingOff) return 'coalesced'
  return (await promoteIfDelayed(existing)) ? 'promoted' : 'coalesced'
}

/** False when the job is no longer delayed: someone else promoted it, or its time came. */
export async function promoteIfDelayed(job: Job): Promise<boolean> {
  try {
    await job.promote()
    return true
  } catch (error) {
    if (await job.isDelayed()) throw error
    return false
  }
}
