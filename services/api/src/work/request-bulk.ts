/**
 * One act on many users: who they are, whom it can be done to and what that would cost are found in one transaction, which
 * a dry run takes back. What is written is the bulk with an item for each; a worker carries it out.
 */
import {
  BULK_PACE,
  type BulkAction,
  entitlementOf,
  foreseeBulkSeconds,
  HangarError,
  holdingBrake,
  monthlyCostUsd,
} from '@hangar/core'
import {
  type AppFilter,
  approveBurst,
  type BulkSummary,
  findBulk,
  insertAudit,
  insertBulk,
  listEmails,
  listEngaged,
  listUsersOfApps,
  measureTeardownRoom,
  transact,
  type Tx,
  type UserFacts,
} from '@hangar/db'
import type { z } from 'zod'
import { requireRole, type Caller } from '../auth/caller.ts'
import type { ApiDeps } from '../deps.ts'
import type { RequestContext } from '../http/route.ts'
import { MOST_USERS, type createBulkBody, type previewAnswer } from '../routes/v1/create-bulk/schema.ts'
import { takesAdmin } from './change-bulk.ts'
import { judgeAll, type Judged } from './judge-users.ts'
import { wakeBulkSoon } from './wake-bulk.ts'

export type BulkRequest = z.output<typeof createBulkBody>
type Preview = z.output<typeof previewAnswer>
type Context = RequestContext & { caller: Caller }

/** Of those who would be asked, and of those left out, so many are named in a preview; all are items of the bulk. */
const MOST_NAMED = 100
const DAY_MS = 24 * 60 * 60_000
const LONGEST_APPROVAL_MS = 7 * DAY_MS

/** `bulk` is null after a dry run. */
export async function requestBulk(
  request: BulkRequest,
  context: Context,
): Promise<{ preview: Preview; bulk: BulkSummary | null }> {
  if (takesAdmin(request)) requireRole(context.caller, 'admin')
  const { deps } = context
  const { dryRun } = request
  const answer = await transact(deps.db, { dryRun }, async (tx) => {
    const judged = await judgeAll(tx, await usersOf(tx, request), request, deps)
    const preview = await previewOf(tx, judged, request, deps)
    const { expected_eligible: expected } = request
    if (expected !== undefined && expected !== preview.eligible)
      throw new HangarError('bulk_changed', { details: { eligible: preview.eligible } })
    // What would be done to nobody is worth a look, and nothing more.
    if (preview.eligible === 0 && !dryRun) throw new HangarError('bulk_pointless')
    return {
      preview,
      bulk: preview.eligible === 0 ? null : await write(tx, judged, preview, request, context),
    }
  })
  if (dryRun || answer.bulk === null) return { preview: answer.preview, bulk: null }
  await wakeBulkSoon(deps, answer.bulk.id)
  return answer
}

/** Each once, in the order given, or in that of their apps. */
async function usersOf(tx: Tx, { user_ids: ids, filter }: BulkRequest): Promise<string[]> {
  if (ids) return [...new Set(ids)]
  const found = await listUsersOfApps(tx, (filter ?? {}) satisfies AppFilter, MOST_USERS + 1)
  if (found.length <= MOST_USERS) return found
  const message = `matches more than ${MOST_USERS} users: narrow it down`
  throw new HangarError('validation_failed', {
    operator: `filter ${message}`,
    details: { errors: [{ field: 'filter', message }] },
  })
}

async function previewOf(
  tx: Tx,
  judged: readonly Judged[],
  request: BulkRequest,
  deps: ApiDeps,
): Promise<Preview> {
  const { action, force } = request
  const perMinute = request.per_minute ?? BULK_PACE[action]
  const eligible = judged.filter(({ code }) => code === undefined).map(({ facts }) => facts)
  const leftOut = judged.flatMap(({ facts: { userId }, code, detail }) =>
    code === undefined ? [] : [{ user_id: userId, code, text: detail ?? code }],
  )
  const byCode: Record<string, number> = {}
  for (const { code } of leftOut) byCode[code] = (byCode[code] ?? 0) + 1
  const heldBy = holdingBrake(await listEngaged(tx), actOf(action), { kind: 'not_entitled' })
  const pace = { waiting: eligible.length, asked: 0, perMinute, itemSeconds: null }
  const room = action === 'deprovision' ? await measureTeardownRoom(tx) : null
  return {
    action,
    total: judged.length,
    eligible: eligible.length,
    eligible_users: await named(tx, eligible),
    ineligible: leftOut.slice(0, MOST_NAMED),
    ineligible_by_code: byCode,
    per_minute: perMinute,
    eta_seconds: heldBy === null ? foreseeBulkSeconds({ action, ...pace }) : null,
    monthly_cost_change_usd: eligible
      .reduce((sum, one) => sum + costChangeUsd(one, action, force, deps), 0)
      .toFixed(2),
    held_by: heldBy,
    burst: room === null ? null : { usual: room, needs_approval: eligible.length > room },
  }
}

async function named(tx: Tx, eligible: readonly UserFacts[]): Promise<Preview['eligible_users']> {
  const first = eligible.slice(0, MOST_NAMED).map(({ userId }) => userId)
  const emails = await listEmails(tx, first)
  return first.map((userId) => ({ user_id: userId, email: emails.get(userId) ?? null }))
}

const actOf = (action: BulkAction) => (action === 'deprovision' ? 'teardown' : 'anything')

/** What it adds to a month's cost, as far as one can tell beforehand. */
function costChangeUsd(
  facts: UserFacts,
  action: BulkAction,
  force: boolean,
  { policy, costs }: ApiDeps,
): number {
  const { app } = facts
  if (action === 'deprovision') return -Number(app?.monthlyCostEstimateUsd ?? 0)
  if (action !== 'provision' || app) return 0
  const override = force ? { desired: 'on' as const, guest: null, region: null } : facts.override
  const entitlement = entitlementOf({ ...facts, override }, policy)
  if (entitlement.kind !== 'entitled') return 0
  return monthlyCostUsd(costs.priceModel, entitlement.guest, entitlement.region ?? costs.region)
}

async function write(
  tx: Tx,
  judged: readonly Judged[],
  preview: Preview,
  request: BulkRequest,
  { deps, caller, requestId }: Context,
): Promise<BulkSummary> {
  const { action, force, reason } = request
  const { actor } = caller
  const burstApprovalId = request.approve_burst ? await approve(tx, preview, request, { actor, deps }) : null
  const id = await insertBulk(tx, {
    action,
    force,
    reason,
    actor,
    requestId,
    perMinute: preview.per_minute,
    burstApprovalId,
    items: judged.map(({ facts: { userId }, code, detail }) => ({
      userId,
      ...(code === undefined ? {} : { code }),
      ...(detail === undefined ? {} : { detail }),
    })),
  })
  const { total, eligible, per_minute: perMinute, monthly_cost_change_usd: costChange } = preview
  await insertAudit(tx, {
    actor,
    action: 'bulk.create',
    reason,
    requestId,
    after: { bulkId: id, action, force, total, eligible, perMinute, costChange, burstApprovalId },
  })
  const bulk = await findBulk(tx, id)
  if (!bulk) throw new HangarError('internal', { operator: `bulk ${id} was not written` })
  return bulk
}

/** For as long as the bulk may take, and a day at least: what is left of it ends with the bulk. */
async function approve(
  tx: Tx,
  { eligible, per_minute: perMinute }: Preview,
  { reason }: BulkRequest,
  { actor, deps }: { actor: string; deps: ApiDeps },
): Promise<number> {
  const takesMs = (eligible / perMinute) * 60_000
  const expiresInMs = Math.min(LONGEST_APPROVAL_MS, DAY_MS + 2 * takesMs)
  const burst = { count: eligible, reason, actor, expiresInMs }
  const { approval, released } = await approveBurst(tx, burst, deps.policy)
  if (released) deps.logger.warn({ brake: 'deletion_burst', by: actor, reason }, 'brake released')
  return approval.id
}
