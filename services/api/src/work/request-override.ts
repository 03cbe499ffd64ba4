/**
 * An operator's word about one user, put in the place of the one before or ended; and the want that has it followed. Whoever
 * may act may pause; to say that there is to be an app or none, whatever is paid, takes an admin.
 */
import { entitlementOf, type Guest, HangarError } from '@hangar/core'
import {
  endOverride,
  findActiveOverride,
  insertAudit,
  insertOverride,
  lockOverride,
  type NewOverride,
  type OverrideRow,
  raiseWant,
  readDatabaseTime,
  readFacts,
  transact,
  type Tx,
} from '@hangar/db'
import { requireRole, type Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { viewOverride } from '../routes/v1/override-view.ts'
import { wakeFor, type WorkAnswer } from './request-work.ts'

export type OverrideWish = {
  desired: OverrideRow['desired']
  guest: Guest | null
  region: string | null
  expiresAt: Date | null
}

export type OverrideRequest = {
  userId: string
  /** Null: none any more. */
  wish: OverrideWish | null
  reason: string
  dryRun: boolean
  /** Of the override that the caller has seen; null: none was there; undefined: whichever it is. */
  expectedId: number | null | undefined
}

export type OverrideAnswer = WorkAnswer & { override: OverrideRow | null }

export async function requestOverride(
  request: OverrideRequest,
  context: RequestContext & { caller: Caller },
): Promise<OverrideAnswer> {
  const { deps } = context
  const { userId, wish, dryRun } = request
  const { override, ...asked } = await transact(deps.db, { dryRun }, (tx) => change(tx, request, context))
  const { changed, wantedVersion, ...rest } = asked
  const work = {
    ...rest,
    effect: changed ? (wish ? ('override' as const) : ('lift' as const)) : ('nothing' as const),
    wantedVersion: dryRun ? null : wantedVersion,
    question: changed ? { override: wish } : {},
  }
  return { ...(await wakeFor(userId, work, context, { evenIfBackingOff: true })), override }
}

async function change(
  tx: Tx,
  { userId, wish, reason, expectedId }: OverrideRequest,
  { deps, caller, requestId }: RequestContext & { caller: Caller },
) {
  const facts = await readFacts(tx, userId)
  if (!facts.known) throw new HangarError('unknown_user')
  await lockOverride(tx, userId)
  const before = await findActiveOverride(tx, userId)
  if ([before, wish].some((one) => one && one.desired !== 'paused')) requireRole(caller, 'admin')
  if (expectedId !== undefined && expectedId !== (before?.id ?? null))
    throw new HangarError('override_changed', { details: { override: before && viewOverride(before) } })
  const entitled = entitlementOf({ ...facts, override: wish }, deps.policy).kind === 'entitled'
  const lane = entitled ? ('provision' as const) : ('deprovision' as const)
  const found = { app: facts.app, lane, override: before }
  if (isSame(before, wish, reason)) return { ...found, changed: false, wantedVersion: null }
  if (wish?.expiresAt && wish.expiresAt <= (await readDatabaseTime(tx))) throw expired()
  const override = wish
    ? await insertOverride(tx, { ...wish, userId, reason, actor: caller.actor } satisfies NewOverride)
    : null
  if (!wish) await endOverride(tx, userId)
  const wantedVersion = await raiseWant(tx, userId, 'operator', { enroll: true })
  await insertAudit(tx, {
    actor: caller.actor,
    action: wish ? 'override.set' : 'override.end',
    userId,
    reason,
    requestId,
    before: { override: before && summary(before) },
    after: { override: override && summary(override), wantedVersion },
  })
  return { ...found, override, changed: true, wantedVersion }
}

/** Said twice, it is one word: the second changes nothing. */
function isSame(before: OverrideRow | null, wish: OverrideWish | null, reason: string): boolean {
  if (!before || !wish) return before === wish
  const now = JSON.stringify({ ...summary(before), reason: before.reason })
  return now === JSON.stringify({ ...summary(wish), reason })
}

function summary({ desired, guest, region, expiresAt }: OverrideWish) {
  const size = guest && { cpuKind: guest.cpuKind, cpus: guest.cpus, memoryMb: guest.memoryMb }
  return { desired, guest: size, region, expiresAt }
}

function expired(): HangarError {
  const message = 'is over already'
  return new HangarError('validation_failed', {
    operator: `expires_at ${message}`,
    details: { errors: [{ field: 'expires_at', message }] },
  })
}
