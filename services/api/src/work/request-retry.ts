import { entitlementOf, HangarError } from '@hangar/core'
import { insertAudit, raiseWant } from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { readFacts } from './facts.ts'
import type { WorkAnswer } from './request-work.ts'
import { wakeUser } from './wake-user.ts'

export type RetryRequest = { userId: string; reason?: string | undefined; dryRun: boolean }

/** Work on the user again now. The newer want outdates the failed one, and a job that backs off is promoted. */
export async function requestRetry(
  { userId, reason, dryRun }: RetryRequest,
  { deps, requestId, caller }: RequestContext & { caller: Caller },
): Promise<WorkAnswer> {
  const { app, lane, wantedVersion } = await deps.db.transaction().execute(async (tx) => {
    const facts = await readFacts(tx, userId)
    if (!facts.known) throw new HangarError('unknown_user')
    const entitled = entitlementOf(facts, deps.policy).kind === 'entitled'
    const found = { app: facts.app, lane: entitled ? ('provision' as const) : ('deprovision' as const) }
    if (dryRun) return { ...found, wantedVersion: null }
    const wanted = await raiseWant(tx, userId, 'operator', { enroll: true })
    await insertAudit(tx, {
      actor: caller.actor,
      action: 'app.retry',
      userId,
      reason: reason ?? null,
      requestId,
      before: { status: facts.app?.status ?? null, retryCount: facts.app?.retryCount ?? null },
      after: { wantedVersion: wanted },
    })
    return { ...found, wantedVersion: wanted }
  })
  const jobId = wantedVersion === null ? null : await wakeUser(deps, { userId, lane, evenIfBackingOff: true })
  return { effect: 'work', app, wantedVersion, jobId, question: {} }
}
