import { randomUUID } from 'node:crypto'
import { findLiveApp, insertAudit, raiseWant, type AppRow } from '@hangar/db'
import { assertRedisReady, wakeSweep, withinMs } from '@hangar/jobs'
import type { Caller } from '../auth/caller.ts'
import type { ApiDeps } from '../deps.ts'
import type { RequestContext } from '../http/route.ts'
import { wakeUser } from './wake-user.ts'

const TIMEOUT_MS = 1_000

/**
 * Has a worker look at the user's app now and write down what it finds, and the lane do what has to be done. A user without an app has nothing to be looked at: nothing is
 * written.
 */
export async function requestHealthCheck(
  userId: string,
  { deps, requestId, caller }: RequestContext & { caller: Caller },
): Promise<{ app: AppRow | null; jobId: string | null }> {
  const app = await deps.db.transaction().execute(async (tx) => {
    const found = await findLiveApp(tx, userId)
    if (!found) return null
    const wantedVersion = await raiseWant(tx, userId, 'health')
    await insertAudit(tx, {
      actor: caller.actor,
      action: 'health.check',
      userId,
      requestId,
      before: { status: found.status, healthStatus: found.healthStatus },
      after: { wantedVersion },
    })
    return found
  })
  if (!app) return { app: null, jobId: null }
  await askForLook(deps, userId)
  const lane = app.teardownStartedAt === null ? 'provision' : 'deprovision'
  return { app, jobId: await wakeUser(deps, { userId, lane }) }
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

/** Of any number of calls while one look is awaited, one look comes. With Redis away, the next sweep looks. */
async function askForLook({ queues, logger }: ApiDeps, userId: string): Promise<void> {
  try {
    assertRedisReady(queues.redis)
    const deduplication = { id: `health-${userId}`, keepLastIfActive: true }
    await withinMs(
      queues.inspect.add('health', { healthOf: userId }, { jobId: randomUUID(), deduplication }),
      TIMEOUT_MS,
      'the worker was not asked to look',
    )
  } catch (err) {
    logger.warn({ err, userId }, 'Redis is away; the next health sweep will look')
  }
}
