import { HangarError } from '@hangar/core'
import { askForRetry, readFacts } from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { askerOf, wakeFor, type WorkAnswer } from './request-work.ts'

export type RetryRequest = { userId: string; reason?: string | undefined; dryRun: boolean }

/** Work on the user again now; a job that backs off is promoted. */
export async function requestRetry(
  { userId, reason, dryRun }: RetryRequest,
  context: RequestContext & { caller: Caller },
): Promise<WorkAnswer> {
  const { db, policy } = context.deps
  const asked = await db.transaction().execute(async (tx) => {
    const facts = await readFacts(tx, userId)
    if (!facts.known) throw new HangarError('unknown_user')
    return askForRetry(tx, facts, { by: askerOf(context, reason), dryRun, policy })
  })
  return wakeFor(userId, asked, context, { evenIfBackingOff: true })
}
