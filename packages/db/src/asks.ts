/**
 * What a person or a key asks for one user: decided on the facts, and written (override, want, audit row) in the caller's
 * transaction. The API asks for one user at a time, a bulk for many, both by these. Whoever asks wakes the lane once the
 * transaction is there; should that fail, the relay does it.
 */
import {
  decide,
  type Decision,
  entitlementOf,
  guestOf,
  HangarError,
  type Intent,
  type Lane,
  type Policy,
} from '@hangar/core'
import type { AppRow } from './apps.ts'
import { insertAudit } from './audit.ts'
import type { Tx } from './database.ts'
import type { Question } from './inspections.ts'
import { endOverride, insertOverride } from './overrides.ts'
import type { UserFacts } from './user-facts.ts'
import { raiseWant } from './wants.ts'

export type Asker = {
  actor: string
  requestId: string | null
  reason: string | null
  /** The bulk that asks, for the audit log. */
  bulkId?: number
}

export type WorkAsk = {
  intent: Intent
  /** The tier the caller believes in; compared with the subscription. */
  tier?: string | undefined
  /** With a reason: the caller sees to it, and to who may. */
  force: boolean
  source: 'manual' | 'operator'
}

export type Asked = {
  effect: Exclude<Decision['kind'], 'conflict'>
  app: AppRow | null
  lane: Lane
  /** Null: a dry run, or nothing to do. */
  wantedVersion: number | null
  /** What a dry run asks the worker: what would follow, were this done? */
  question: Question
}

type HowAsked = { by: Asker; dryRun: boolean; policy: Policy }

/** Throws `entitlement_conflict`, or `validation_failed` for a tier without a size. */
export async function askForWork(
  tx: Tx,
  facts: UserFacts,
  ask: WorkAsk,
  { by, dryRun, policy }: HowAsked,
): Promise<Asked> {
  const decision = decideOrThrow(ask, facts, policy)
  const question = questionOf(decision)
  const asked = { app: facts.app, effect: decision.kind, lane: ask.intent, wantedVersion: null, question }
  if (dryRun || decision.kind === 'nothing') return asked
  if (decision.kind === 'lift') await endOverride(tx, facts.userId)
  if (decision.kind === 'override') {
    const { desired, guest } = decision
    const { actor, reason } = by
    await insertOverride(tx, { userId: facts.userId, desired, guest, reason: reason ?? '', actor })
  }
  const wanted = await raiseWant(tx, facts.userId, ask.source, { enroll: true })
  await writeAudit(tx, facts, by, {
    action: `app.${ask.intent}`,
    before: { status: facts.app?.status ?? null, override: facts.override?.desired ?? null },
    after: { effect: decision.kind, wantedVersion: wanted },
  })
  return { ...asked, wantedVersion: wanted }
}

/** Work on the user again now: the newer want outdates the failed one. */
export async function askForRetry(
  tx: Tx,
  facts: UserFacts,
  { by, dryRun, policy }: HowAsked,
): Promise<Asked> {
  const lane = entitlementOf(facts, policy).kind === 'entitled' ? 'provision' : 'deprovision'
  const asked = { app: facts.app, effect: 'work', lane, wantedVersion: null, question: {} } as const
  if (dryRun) return asked
  const wanted = await raiseWant(tx, facts.userId, 'operator', { enroll: true })
  await writeAudit(tx, facts, by, {
    action: 'app.retry',
    before: { status: facts.app?.status ?? null, retryCount: facts.app?.retryCount ?? null },
    after: { wantedVersion: wanted },
  })
  return { ...asked, wantedVersion: wanted }
}

/**
 * A look at the user's app, and whatever has to be done about what it finds. A user without an app has nothing to be
 * looked at: nothing is written. The look itself is a job for whoever talks to Fly, added by the caller.
 */
export async function askForHealth(
  tx: Tx,
  facts: Pick<UserFacts, 'userId' | 'app'>,
  { by, dryRun }: Omit<HowAsked, 'policy'>,
): Promise<Asked> {
  const { app } = facts
  const lane = app?.teardownStartedAt ? 'deprovision' : 'provision'
  const asked = { app, effect: app ? 'work' : 'nothing', lane, wantedVersion: null, question: {} } as const
  if (dryRun || !app) return asked
  const wanted = await raiseWant(tx, facts.userId, 'health')
  await writeAudit(tx, facts, by, {
    action: 'health.check',
    before: { status: app.status, healthStatus: app.healthStatus },
    after: { wantedVersion: wanted },
  })
  return { ...asked, wantedVersion: wanted }
}

function writeAudit(
  tx: Tx,
  { userId }: Pick<UserFacts, 'userId'>,
  { actor, requestId, reason, bulkId }: Asker,
  what: { action: string; before: object; after: object },
): Promise<void> {
  const after = bulkId === undefined ? what.after : { ...what.after, bulkId }
  return insertAudit(tx, { actor, requestId, reason, userId, ...what, after })
}

function questionOf(decision: Decision): Question {
  if (decision.kind === 'lift') return { override: null }
  return decision.kind === 'override'
    ? { override: { desired: decision.desired, guest: decision.guest } }
    : {}
}

function decideOrThrow(
  ask: WorkAsk,
  facts: UserFacts,
  policy: Policy,
): Exclude<Decision, { kind: 'conflict' }> {
  const decision = decide(ask, facts, policy)
  if (decision.kind === 'override' && ask.tier !== undefined && guestOf(ask.tier, policy) === null)
    throw new HangarError('validation_failed', {
      operator: `tier ${ask.tier} has no machine size`,
      details: { errors: [{ field: 'tier', message: 'No machine size is configured for this tier.' }] },
    })
  if (decision.kind === 'conflict')
    throw new HangarError('entitlement_conflict', {
      operator: `${ask.intent} of ${facts.userId} contradicts: ${decision.reason}`,
      details: { detail: decision.reason },
    })
  return decision
}
