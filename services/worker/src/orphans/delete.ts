/**
 * Deletes one orphan, under its user's lease. All that speaks for it is read again right before: the rows, the brakes,
 * the app's network and the marks of its machines. Whatever does not agree keeps it, and says why on the orphan.
 *
 *   due ─▶ claim ─▶ held by a brake, or not proven: kept, with the reason
 *            │  └─▶ proven ─▶ event ─▶ DELETE ─▶ 404: deleted
 *            │                           └─▶ still shown, or no answer: the next scan sees it go, or tries again
 *            └▶ somebody works on the user: the next scan
 */
import { randomUUID } from 'node:crypto'
import {
  entitlementOf,
  type ExpectedApp,
  HangarError,
  heldReason,
  holdingBrake,
  isHangarError,
  SECONDS_PER_MONTH,
  whyKept,
} from '@hangar/core'
import {
  claimLease,
  type Database,
  endOrphan,
  extendLeaseAndReadFacts,
  findAppByName,
  findOrphan,
  finishWork,
  insertEvent,
  isOrphanBeingDeleted,
  type Lease,
  type NewEvent,
  type OrphanRow,
  type Tx,
  withholdOrphan,
} from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import { type Attempt, flyLook, guard, write } from '../reconcile/attempt.ts'
import { LEASE_MS, type ReconcileDeps } from '../reconcile/deps.ts'
import { ownerOf } from '../reconcile/look.ts'
import { removeApp } from '../reconcile/steps/teardown.ts'
import { expectedOf } from './scan.ts'

/** A brake that spares users who come back spares no app that nobody's row knows. */
const NOBODY = { kind: 'not_entitled' } as const

const UNKNOWN_OWNER = 'it is not shown whose it is'

export type Deletion = 'deleted' | 'kept' | 'later'

export async function deleteOrphan(
  deps: ReconcileDeps,
  { appName, userId }: OrphanRow,
  signal: AbortSignal,
): Promise<Deletion> {
  if (userId === null) {
    await withholdOrphan(deps.db, appName, UNKNOWN_OWNER)
    return 'kept'
  }
  const owner = `${deps.owner}:${randomUUID()}`
  const claimed = await claimLease(deps.db, { userId, owner, ttlMs: LEASE_MS })
  if (!claimed) return 'later'
  const { lease } = claimed
  try {
    return await deleteUnderLease(attemptOf(deps, lease, signal), appName)
  } catch (error) {
    if (!isHangarError(error, 'lease_lost')) throw error
    return 'later'
  } finally {
    await giveBack(deps.db, lease)
  }
}

function attemptOf(deps: ReconcileDeps, lease: Lease, signal: AbortSignal): Attempt {
  return {
    deps,
    lease,
    userId: lease.userId,
    number: 1,
    signal,
    logger: deps.logger.child({ userId: lease.userId, attempt: `${lease.fence}.1` }),
    reservedAppId: null,
    mayComeYet: false,
    lastLook: null,
    entitlement: { kind: 'unknown', reason: 'not looked at yet' },
    brakes: [],
    forced: null,
  }
}

/** The work on the user stays as it was; a lease that ran out is somebody else's by now. */
async function giveBack(db: Database, lease: Lease): Promise<void> {
  try {
    await finishWork(db, lease, { kind: 'released' })
  } catch (error) {
    if (!isHangarError(error, 'lease_lost')) throw error
  }
}

async function deleteUnderLease(attempt: Attempt, appName: string): Promise<Deletion> {
  const { deps } = attempt
  const keep = async (why: string): Promise<Deletion> => {
    await withholdOrphan(deps.db, appName, why)
    attempt.logger.info({ app: appName, why }, 'orphan kept')
    return 'kept'
  }
  const brake = await readFacts(attempt)
  if (brake) return keep(heldReason(brake))
  const orphan = await findOrphan(deps.db, appName)
  if (orphan?.state !== 'found') return 'later'
  const expected = await expectedApp(attempt, orphan)
  if (typeof expected === 'string') return keep(expected)
  const why = await contradiction(attempt, orphan, expected)
  if (why !== null) return keep(why)
  if ((await guard(attempt)) === 'replan') return 'later'
  const result = await removeApp(attempt, appName, () => announce(attempt, orphan))
  if (result !== 'gone' && result !== 'unconfirmed') return 'later'
  return (await write(attempt, (tx) => recordDeleted(tx, orphan, deps.owner))) ? 'deleted' : 'later'
}

/** What the guard compares with; the brake that holds the deletion, or null. */
async function readFacts(attempt: Attempt) {
  const { db, settings } = attempt.deps
  const facts = await extendLeaseAndReadFacts(db, attempt.lease, LEASE_MS)
  if (!facts) throw new HangarError('lease_lost', { operator: `lease of ${attempt.userId} was lost` })
  const { brakes, forced } = facts
  Object.assign(attempt, { entitlement: entitlementOf(facts, settings.policy), brakes, forced })
  return holdingBrake(brakes, 'anything', NOBODY) ?? holdingBrake(brakes, 'teardown', NOBODY)
}

/** How the app has to look, or why it is not ours to delete any more. */
async function expectedApp({ deps }: Attempt, orphan: OrphanRow): Promise<ExpectedApp | string> {
  const { installationId } = deps.settings
  const row = await findAppByName(deps.db, orphan.appName)
  if (row) return row.deletedAt ? expectedOf(row, installationId) : 'a live row has this name'
  const { userId, generation, network } = orphan
  if (orphan.deleteRequestedBy === null) return 'no row ever had this name, and no operator asked'
  if (userId === null || generation === null || network === null) return UNKNOWN_OWNER
  return expectedOf({ userId, generation, network }, installationId)
}

/** Two reads of Fly, bounded together, that have to prove it again. */
async function contradiction(
  attempt: Attempt,
  orphan: OrphanRow,
  expected: ExpectedApp,
): Promise<string | null> {
  const { fly } = attempt.deps
  const call = flyLook(attempt)
  try {
    const app = await fly.apps.get(orphan.appName, call)
    const owner = await ownerOf(attempt, app, expected, call)
    if (owner !== 'ours') return `Fly says of its organisation and network: ${owner}`
    const machines = await fly.machines.list(orphan.appName, {}, call)
    const marked = machines.map(({ id, config }) => ({ id, metadata: config?.metadata }))
    const by = { kind: orphan.kind, requested: orphan.deleteRequestedBy !== null }
    return whyKept({ network: expected.network, machines: marked }, expected, by)
  } catch (error) {
    if (error instanceof FlyError && error.code === 'not_found') return 'Fly does not show it now'
    throw error
  }
}

/** Once for each time it was found, however often it is tried. */
async function announce(attempt: Attempt, orphan: OrphanRow): Promise<void> {
  await write(attempt, async (tx) => {
    if (await isOrphanBeingDeleted(tx, orphan)) return
    const metadata = { ...describe(orphan), fence: attempt.lease.fence }
    await insertOrphanEvent(tx, orphan, {
      eventType: 'orphan_deleting',
      status: 'started',
      actor: orphan.deleteRequestedBy ?? attempt.deps.owner,
      metadata,
    })
  })
}

/** Ends it as deleted by us; false where somebody did so already. */
export async function recordDeleted(tx: Tx, orphan: OrphanRow, actor: string): Promise<boolean> {
  if (!(await endOrphan(tx, orphan.appName, { state: 'deleted' }))) return false
  await insertOrphanEvent(tx, orphan, {
    eventType: 'orphan_deleted',
    status: 'success',
    actor,
    metadata: describe(orphan),
  })
  return true
}

function insertOrphanEvent(
  tx: Tx,
  { userId, userFlyAppId }: OrphanRow,
  event: Omit<NewEvent, 'userId' | 'userFlyAppId'>,
): Promise<unknown> {
  return insertEvent(tx, { ...event, userId: userId ?? '', userFlyAppId })
}

/** The cost is an estimate: the price of its machines as last listed, for as long as it was known. */
function describe(orphan: OrphanRow): Record<string, unknown> {
  const { appName, kind, generation, machines, monthlyCostUsd, firstSeenAt, lastSeenAt } = orphan
  const seconds = (lastSeenAt.getTime() - firstSeenAt.getTime()) / 1000
  return {
    app: appName,
    kind,
    generation,
    machines: machines.map(({ id }) => id),
    monthly_cost_usd: monthlyCostUsd,
    first_seen_at: firstSeenAt,
    estimated_cost_usd: ((Number(monthlyCostUsd) * seconds) / SECONDS_PER_MONTH).toFixed(4),
  }
}
