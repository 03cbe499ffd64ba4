import { findLiveApp, insertAudit, raiseWant, type AppRow } from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { wakeUser } from './wake-user.ts'

/** Has the lane look at the user's app. A user without an app has nothing to be looked at: nothing is written. */
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
  const lane = app.teardownStartedAt === null ? 'provision' : 'deprovision'
  return { app, jobId: await wakeUser(deps, { userId, lane }) }
}
