import { HangarError } from '@hangar/core'
import { askForHealth, findLiveApp, insertAudit } from '@hangar/db'
import { assertRedisReady, wakeLook, wakeSweep } from '@hangar/jobs'
import type { Caller } from '../auth/caller.ts'
import type { ApiDeps } from '../deps.ts'
import type { RequestContext } from '../http/route.ts'
import { askerOf, wakeFor, type WorkAnswer } from './request-work.ts'

export type HealthRequest = {
  userId: string
  reason?: string | undefined
  dryRun: boolean
  /** Whether a user without an app is an error (404) or merely nothing to do. */
  noApp: 'refuse' | 'nothing'
}

/**
 * Has a worker look at the user's app now and write down what it finds, and the lane do what
 * has to be done.
 */
export async function requestHealthCheck(
  { userId, reason, dryRun, noApp }: HealthRequest,
  context: RequestContext & { caller: Caller },
): Promise<WorkAnswer> {
  const asked = await context.deps.db.transaction().execute(async (tx) => {
    const app = await findLiveApp(tx, userId)
    if (!app && noApp === 'refuse') throw new HangarError('no_app')
    return askForHealth(tx, { userId, app }, { by: askerOf(context, reason), dryRun })
  })
  if (asked.wantedVersion !== null) await askForLook(context.deps, userId)
  return wakeFor(userId, asked, context)
}

/** Has every app looked at now. Throws `redis_unavailable`: there is no row that would have it done later. */
export async function requestHealthSweep({
  deps: { db, queues },
  requestId,
  caller,
}: RequestContext & { caller: Caller }): Promise<void> {
  assertRedisReady(queues.redis)
  await insertAudit(db, { actor: caller.actor, action: 'health.check_all', requestId })
  await wakeSweep(queues, 'health')
}

/** With Redis away, the next sweep looks. */
async function askForLook({ queues, logger }: ApiDeps, userId: string): Promise<void> {
  try {
    await wakeLook(queues, userId)
  } catch (err) {
    logger.warn({ err, userId }, 'Redis is away; the next health sweep will look')
  }
}
