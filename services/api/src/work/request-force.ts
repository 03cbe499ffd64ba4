/** Forces one generation through what holds it up: recorded with who and why, bound to the row, and gone with it. */
import {
  type Entitlement,
  entitlementOf,
  type ForcedAction,
  HangarError,
  SAY_WHAT_IS_DUE,
} from '@hangar/core'
import { type AppRow, findForcedAction, insertAudit, putForcedAction, raiseWant, readFacts } from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import type { WorkAnswer } from './request-work.ts'
import { wakeUser } from './wake-user.ts'

export type ForceRequest = { userId: string; action: ForcedAction; reason: string; dryRun: boolean }

export async function requestForce(
  { userId, action, reason, dryRun }: ForceRequest,
  { deps, requestId, caller }: RequestContext & { caller: Caller },
): Promise<WorkAnswer> {
  const { app, wantedVersion } = await deps.db.transaction().execute(async (tx) => {
    const facts = await readFacts(tx, userId)
    const found = facts.app
    if (!found) throw new HangarError('no_app')
    const refusal = whyPointless(action, found, entitlementOf(facts, deps.policy))
    if (refusal !== null)
      throw new HangarError('force_pointless', {
        operator: `${action} on ${found.id}: ${refusal}`,
        details: { detail: refusal },
      })
    if (dryRun) return { app: found, wantedVersion: null }
    const before = await findForcedAction(tx, found.id)
    await putForcedAction(tx, found.id, { action, reason, actor: caller.actor })
    const wanted = await raiseWant(tx, userId, 'operator', { enroll: true })
    await insertAudit(tx, {
      actor: caller.actor,
      action: 'app.force',
      userId,
      reason,
      requestId,
      before: { status: found.status, forced: before?.action ?? null, reason: before?.reason ?? null },
      after: { appId: found.id, forced: action, wantedVersion: wanted },
    })
    return { app: found, wantedVersion: wanted }
  })
  const wake = { userId, lane: 'deprovision', evenIfBackingOff: true } as const
  const jobId = wantedVersion === null ? null : await wakeUser(deps, wake)
  return { effect: 'work', app, wantedVersion, jobId, question: { forced: action } }
}

/** What to do instead, where the engine would not act on it; null where it would. */
function whyPointless(action: ForcedAction, app: AppRow, entitlement: Entitlement): string | null {
  if (entitlement.kind === 'unknown')
    return `nothing is done for this user until it is known what they should have (${entitlement.reason}); ${SAY_WHAT_IS_DUE}`
  const ending = app.teardownStartedAt !== null
  if (action === 'skip_drain' && !ending && entitlement.kind === 'entitled')
    return 'the app is not ending; deprovision it first, or force recreate to replace it'
  if (action === 'recreate' && ending)
    return 'the app is ending already, and the next follows if the user is entitled; force skip_drain to hurry it'
  if (action === 'recreate' && entitlement.kind === 'not_entitled')
    return `no next app would follow: ${entitlement.reason}; deprovision it instead`
  return null
}
