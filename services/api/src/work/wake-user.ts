import { withinMs, type WakeTarget } from '@hangar/jobs'
import type { ApiDeps } from '../deps.ts'
import { wakeTraced } from '../http/trace-requests.ts'

/** A manual call may take a moment, but must not hang on a Redis that does not answer. */
const TIMEOUT_MS = 1000

/**
 * Wakes the user's lane and says which job will look at them. Null when Redis is away: the want is in Postgres,
 * and the relay adds the job as soon as it can.
 */
export async function wakeUser(deps: ApiDeps, target: WakeTarget): Promise<string | null> {
  try {
    await wakeTraced(deps, target, { timeoutMs: TIMEOUT_MS })
    const queue = deps.queues[target.lane]
    return await withinMs(queue.getDeduplicationJobId(target.userId), TIMEOUT_MS, 'the job id was not read')
  } catch (error) {
    const { userId, lane } = target
    deps.logger.warn({ err: error, userId, lane }, 'Redis is away; the relay will wake the lane')
    return null
  }
}
