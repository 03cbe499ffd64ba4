import { randomUUID } from 'node:crypto'

import type { Lane } from '@hangar/core'
import { Job, type Queue } from 'bullmq'

import { isParked } from './outcome.ts'
import type { LaneJob } from './payloads.ts'
import { SWEEP_JOB_OPTIONS, type Queues, type SweepQueueName } from './queues.ts'
import { assertRedisReady, withinMs } from './redis.ts'
import { SCHEDULES, type SweepName } from './schedules.ts'
import { rememberTrace } from './trace.ts'

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
  /**
   * The trace that the work belongs to from now on. For what caused the work (a webhook, an operator); whoever only
   * nudges it (a heartbeat, the relay) leaves it out.
   */
  traceparent?: string | undefined
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
    traced(queues, target, () => addOrPromote(queues[target.lane], reconcileOf(target))),
    timeoutMs,
    `The ${target.lane} lane was not woken`,
  )
}

function reconcileOf({ userId, evenIfBackingOff = false }: WakeTarget): Wanted<LaneJob> {
  return { name: 'reconcile', data: { userId }, id: userId, evenIfBackingOff }
}

/** First the trace, so that whoever takes the job finds it; both are on their way at once. */
async function traced<T>(
  queues: Queues,
  { userId, traceparent }: WakeTarget,
  add: () => Promise<T>,
): Promise<T> {
  if (traceparent === undefined) return add()
  const [, result] = await Promise.all([rememberTrace(queues, userId, traceparent), add()])
  return result
}

const SWEEP_QUEUE = Object.fromEntries(SCHEDULES.map(({ id, queue }) => [id, queue])) as Record<
  SweepName,
  SweepQueueName
>

/** Runs a sweep now, besides its schedule. Of any number of calls before it starts, one run comes. Throws like `wake`. */
export async function wakeSweep(queues: Queues, name: SweepName): Promise<void> {
  assertRedisReady(queues.redis)
  const queue = queues[SWEEP_QUEUE[name]]
  // What is asked for while the sweep runs may come too late for that run: BullMQ keeps it for another.
  const options = { ...SWEEP_JOB_OPTIONS, deduplication: { id: name, keepLastIfActive: true } }
  await withinMs(queue.add(name, {}, options), DEFAULT_WAKE_TIMEOUT_MS, `The sweep ${name} was not woken`)
}

/** Has the bulk carried on with now. As for a lane: of any number of calls, one job. Throws like `wake`. */
export async function wakeBulk(queues: Queues, bulkId: number): Promise<WakeResult> {
  assertRedisReady(queues.redis)
  const wanted = { name: 'bulk', data: { bulkId }, id: String(bulkId), evenIfBackingOff: true }
  return withinMs(
    addOrPromote(queues.bulk, wanted),
    DEFAULT_WAKE_TIMEOUT_MS,
    `The bulk ${bulkId} was not woken`,
  )
}

/** Has the user's app looked at now. Of any number of calls while one look is awaited, one look comes. Throws like `wake`. */
export async function wakeLook(queues: Queues, userId: string): Promise<void> {
  assertRedisReady(queues.redis)
  const deduplication = { id: `health-${userId}`, keepLastIfActive: true }
  await withinMs(
    queues.inspect.add('health', { healthOf: userId }, { jobId: randomUUID(), deduplication }),
    DEFAULT_WAKE_TIMEOUT_MS,
    'The worker was not asked to look',
  )
}

type Wanted<Data> = {
  name: string
  data: Data
  /** Of any number of jobs wanted under it, there is one. */
  id: string
  evenIfBackingOff: boolean
}

async function addOrPromote<Data>(queue: Queue<Data>, wanted: Wanted<Data>): Promise<WakeResult> {
  const { name, data, id, evenIfBackingOff } = wanted
  const jobId = randomUUID()
  const job = await queue.add(name as never, data as never, {
    jobId,
    deduplication: { id, keepLastIfActive: true },
  })
  // BullMQ tells of a deduplicated add in one way only: the job it returns is not the one that was asked for.
  if (job.id === undefined || job.id === jobId) return 'added'

  const existing = await Job.fromId(queue as Queue, job.id)
  if (existing?.finishedOn !== undefined && (await forget(queue as Queue, id, job.id)))
    return addOrPromote(queue, wanted)
  if (existing === undefined || existing.delay <= 0) return 'coalesced'
  if (!isParked(existing) && !evenIfBackingOff) return 'coalesced'
  return (await promoteIfDelayed(existing)) ? 'promoted' : 'coalesced'
}

/**
 * Deduplication that still points at a job that has ended would swallow every wake of this user from now on; BullMQ
 * notices by itself only once the job is deleted, an hour later. False when it points elsewhere by now.
 */
async function forget(queue: Queue, id: string, endedJobId: string): Promise<boolean> {
  if ((await queue.getDeduplicationJobId(id)) !== endedJobId) return false
  return (await queue.removeDeduplicationKey(id)) > 0
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
