/** Forces one generation through what holds it up, and wakes the lane, a pause after a failure or not. */
import type { ForcedAction } from '@hangar/core'
import { askForForce, readFacts } from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { askerOf, wakeFor, type WorkAnswer } from './request-work.ts'

export type ForceRequest = { userId: string; action: ForcedAction; reason: string; dryRun: boolean }

export async function requestForce(
  { userId, action, reason, dryRun }: ForceRequest,
  context: RequestContext & { caller: Caller },
): Promise<WorkAnswer> {
  const { db, policy } = context.deps
  const asked = await db.transaction().execute(async (tx) => {
    const facts = await readFacts(tx, userId)
    const by = { ...askerOf(context, reason), reason }
    return askForForce(tx, facts, action, { by, dryRun, policy })
  })
  return wakeFor(userId, asked, context, { evenIfBackingOff: true })
}
