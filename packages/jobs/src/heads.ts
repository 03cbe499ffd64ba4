import type { Queue } from 'bullmq'

import { QUEUES, type QueueName, type Queues } from './queues.ts'
import { assertRedisReady, withinMs } from './redis.ts'

const TIMEOUT_MS = 5_000

/** The job that is next in a queue; '' where none waits. It differs with each run of a job that comes back. */
export type WaitingHead = { queue: QueueName; job: string }

/**
 * What waits longest in each queue. For how long, Redis cannot tell: of a job that was parked for hours it knows when it
 * was made, and not since when it waits. Whoever sees the same one again and again knows. Throws `redis_unavailable`.
 */
export async function listWaitingHeads(queues: Queues): Promise<WaitingHead[]> {
  assertRedisReady(queues.redis)
  const heads = Object.values(QUEUES).map(async (name): Promise<WaitingHead> => {
    const [next] = await (queues[name] as Queue).getJobs(['waiting'], 0, 0, true)
    return { queue: name, job: next ? `${next.id ?? ''} ${next.attemptsStarted}` : '' }
  })
  return withinMs(Promise.all(heads), TIMEOUT_MS, 'The queues were not looked at')
}
