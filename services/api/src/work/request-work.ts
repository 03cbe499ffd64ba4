/**
 * Carries out a wish for one user: reads the facts, decides, and writes what follows (override, want, audit row)
 * in one transaction; then wakes the lane. Redis may be away: the want is in Postgres, and the relay finds it.
 */
import { HangarError, type Lane, type Policy } from '@hangar/core'
import {
  endOverride,
  insertAudit,
  insertOverride,
  raiseWant,
  type AppRow,
  type Question,
  type Tx,
} from '@hangar/db'
import { requireRole, type Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { decide, guestOf, type Decision, type Intent } from './decide.ts'
import { readFacts, type UserFacts } from './facts.ts'
import { wakeUser } from './wake-user.ts'

export type WorkRequest = {
  intent: Intent
  userId: string
  /** The tier the caller believes in; compared with the subscription. */
  tier?: string | undefined
  force: boolean
  /** Given whenever `force` is; the schemas see to it. */
  reason?: string | undefined
  dryRun: boolean
  /** Whether a user nobody has heard of is an error (404) or merely nothing to do. */
  unknownUser: 'refuse' | 'nothing'
  source: 'manual' | 'operator'
}

export type WorkAnswer = {
  effect: Exclude<Decision['kind'], 'conflict'>
  app: AppRow | null
  wantedVersion: number | null
  /** The queue's job, or null: nothing to do, a dry run, or Redis is away and the relay will add one. */
  jobId: string | null
  /** What a dry run asks the worker: what would follow, were this done? */
  question: Question
}

export async function requestWork(
  request: WorkRequest,
  { deps, requestId, caller }: RequestContext & { caller: Caller },
): Promise<WorkAnswer> {
  if (request.force) requireRole(caller, 'admin')
  const { wantedVersion, ...answer } = await deps.db.transaction().execute(async (tx) => {
    const facts = await readFacts(tx, request.userId)
    if (!facts.known && request.unknownUser === 'refuse') throw new HangarError('unknown_user')
    const decision = decideOrThrow(request, facts, deps.policy)
    const question = questionOf(decision)
    const untouched = { app: facts.app, effect: decision.kind, wantedVersion: null, question }
    if (request.dryRun || decision.kind === 'nothing') return untouched
    await writeOverride(tx, request, decision, caller)
    const wanted = await raiseWant(tx, request.userId, request.source, { enroll: true })
    await insertAudit(tx, {
      actor: caller.actor,
      action: `app.${request.intent}`,
      userId: request.userId,
      reason: request.reason ?? null,
      requestId,
      before: { status: facts.app?.status ?? null, override: facts.override?.desired ?? null },
      after: { effect: decision.kind, wantedVersion: wanted },
    })
    return { ...untouched, wantedVersion: wanted }
  })
  const lane: Lane = request.intent
  const jobId = wantedVersion === null ? null : await wakeUser(deps, { userId: request.userId, lane })
  return { ...answer, wantedVersion, jobId }
}

function questionOf(decision: Decision): Question {
  if (decision.kind === 'lift') return { override: null }
  return decision.kind === 'override'
    ? { override: { desired: decision.desired, guest: decision.guest } }
    : {}
}

function decideOrThrow(
  request: WorkRequest,
  facts: UserFacts,
  policy: Policy,
): Exclude<Decision, { kind: 'conflict' }> {
  const decision = decide(request, facts, policy)
  if (decision.kind === 'override' && request.tier !== undefined && guestOf(request.tier, policy) === null)
    throw new HangarError('validation_failed', {
      operator: `tier ${request.tier} has no machine size`,
      details: { errors: [{ field: 'tier', message: 'No machine size is configured for this tier.' }] },
    })
  if (decision.kind === 'conflict')
    throw new HangarError('entitlement_conflict', {
      operator: `${request.intent} of ${request.userId} contradicts: ${decision.reason}`,
      details: { detail: decision.reason },
    })
  return decision
}

async function writeOverride(
  tx: Tx,
  request: WorkRequest,
  decision: Decision,
  caller: Caller,
): Promise<void> {
  if (decision.kind === 'lift') await endOverride(tx, request.userId)
  if (decision.kind !== 'override') return
  const { desired, guest } = decision
  const reason = request.reason ?? ''
  await insertOverride(tx, { userId: request.userId, desired, guest, reason, actor: caller.actor })
}
