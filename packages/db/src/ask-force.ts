/** Forces one generation through what holds it up: recorded with who and why, bound to the row, and gone with it. */
import {
  type Entitlement,
  entitlementOf,
  type ForcedAction,
  HangarError,
  type Policy,
  SAY_WHAT_IS_DUE,
} from '@hangar/core'
import type { AppRow } from './apps.ts'
import type { Asked, Asker } from './asks.ts'
import { insertAudit } from './audit.ts'
import type { Tx } from './database.ts'
import { findForcedAction, putForcedAction } from './forced.ts'
import type { UserFacts } from './user-facts.ts'
import { raiseWant } from './wants.ts'

/** Throws `no_app`, or `force_pointless` with what to do instead. Nobody should have to guess the reason. */
export async function askForForce(
  tx: Tx,
  { userId, app, ...facts }: UserFacts,
  action: ForcedAction,
  { by, dryRun, policy }: { by: Asker & { reason: string }; dryRun: boolean; policy: Policy },
): Promise<Asked> {
  if (!app) throw new HangarError('no_app')
  const refusal = whyPointless(action, app, entitlementOf(facts, policy))
  if (refusal !== null)
    throw new HangarError('force_pointless', {
      operator: `${action} on ${app.id}: ${refusal}`,
      details: { detail: refusal },
    })
  const asked = {
    effect: 'work',
    app,
    lane: 'deprovision',
    wantedVersion: null,
    question: { forced: action },
  } as const
  if (dryRun) return asked
  const { actor, requestId, reason } = by
  const before = await findForcedAction(tx, app.id)
  await putForcedAction(tx, app.id, { action, reason, actor })
  const wanted = await raiseWant(tx, userId, 'operator', { enroll: true })
  await insertAudit(tx, {
    actor,
    action: 'app.force',
    userId,
    reason,
    requestId,
    before: { status: app.status, forced: before?.action ?? null, reason: before?.reason ?? null },
    after: { appId: app.id, forced: action, wantedVersion: wanted },
  })
  return { ...asked, wantedVersion: wanted }
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
