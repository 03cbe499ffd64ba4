/**
 * Carries out a wish for one user, and then wakes the lane. Redis may be away: the want is in Postgres, and the relay
 * finds it.
 */
import { HangarError } from '@hangar/core'
import { askForWork, type Asked, type Asker, readFacts, type WorkAsk } from '@hangar/db'
import { requireRole, type Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { wakeUser } from './wake-user.ts'

export type WorkRequest = WorkAsk & {
  userId: string
  /** Given whenever `force` is; the schemas see to it. */
  reason?: string | undefined
  dryRun: boolean
  /** Whether a user nobody has heard of is an error (404) or merely nothing to do. */
  unknownUser: 'refuse' | 'nothing'
}

/** `jobId`: the queue's job, or null: nothing to do, a dry run, or Redis is away and the relay will add one. */
export type WorkAnswer = Omit<Asked, 'lane'> & { jobId: string | null }

export async function requestWork(
  request: WorkRequest,
  context: RequestContext & { caller: Caller },
): Promise<WorkAnswer> {
  const { deps, caller } = context
  const { userId, dryRun } = request
  if (request.force) requireRole(caller, 'admin')
  const asked = await deps.db.transaction().execute(async (tx) => {
    const facts = await readFacts(tx, userId)
    if (!facts.known && request.unknownUser === 'refuse') throw new HangarError('unknown_user')
    const by = askerOf(context, request.reason)
    return askForWork(tx, facts, request, { by, dryRun, policy: deps.policy })
  })
  return wakeFor(userId, asked, context)
}

export function askerOf(
  { caller, requestId }: Pick<RequestContext, 'requestId'> & { caller: Caller },
  reason: string | undefined,
): Asker {
  return { actor: caller.actor, requestId, reason: reason ?? null }
}

/** Wakes the lane, if anything is wanted. */
export async function wakeFor(
  userId: string,
  { lane, ...asked }: Asked,
  { deps }: RequestContext,
  { evenIfBackingOff = false }: { evenIfBackingOff?: boolean } = {},
): Promise<WorkAnswer> {
  const jobId = asked.wantedVersion === null ? null : await wakeUser(deps, { userId, lane, evenIfBackingOff })
  return { ...asked, jobId }
}
