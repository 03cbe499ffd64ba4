/**
 * Users who were there before Hangar get an app of their own: who they are, what each app would be called and cost, and how
 * long it would take are found in one transaction, which a dry run takes back. What is written is a bulk with waves; a
 * worker carries it out.
 */
import {
  entitlementOf,
  foreseeWavesSeconds,
  HangarError,
  holdingBrake,
  INELIGIBLE,
  monthlyCostUsd,
} from '@hangar/core'
import {
  type BulkSummary,
  findBulk,
  foreseeAppNames,
  insertAudit,
  insertBulk,
  listEmails,
  listEngaged,
  listMigrants,
  listMigrating,
  lockMigrations,
  transact,
  type Tx,
} from '@hangar/db'
import type { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import type { ApiDeps } from '../deps.ts'
import type { RequestContext } from '../http/route.ts'
import {
  type createMigrationBody,
  type migrationPreviewAnswer,
  MOST_MIGRATED,
  MOST_NAMED,
} from '../routes/v1/create-migration/schema.ts'
import { judgeAll, type Judged } from './judge-users.ts'
import { wakeBulkSoon } from './wake-bulk.ts'

export type MigrationRequest = z.output<typeof createMigrationBody>
type Preview = z.output<typeof migrationPreviewAnswer>
type Context = RequestContext & { caller: Caller }

/** `bulk` is null after a dry run. */
export async function requestMigration(
  request: MigrationRequest,
  context: Context,
): Promise<{ preview: Preview; bulk: BulkSummary | null }> {
  const { deps } = context
  const { dryRun, expected_eligible: expected } = request
  const answer = await transact(deps.db, { dryRun }, async (tx) => {
    if (!dryRun) await lockMigrations(tx)
    const judged = await judge(tx, request, deps)
    const preview = await previewOf(tx, judged, request, deps)
    if (expected !== undefined && expected !== preview.eligible)
      throw new HangarError('bulk_changed', { details: { eligible: preview.eligible } })
    // Nobody to be moved is worth knowing, and nothing to be written down.
    if (preview.eligible === 0 && !dryRun) throw new HangarError('bulk_pointless')
    return { preview, bulk: dryRun ? null : await write(tx, judged, preview, request, context) }
  })
  if (answer.bulk !== null) await wakeBulkSoon(deps, answer.bulk.id)
  return answer
}

/** Those who are to be asked first, in their order. */
async function judge(tx: Tx, request: MigrationRequest, deps: ApiDeps): Promise<Judged[]> {
  const userIds = await usersOf(tx, request, deps)
  const migrating = await listMigrating(tx, userIds)
  const judged = await judgeAll(tx, userIds, { action: 'migrate', force: false }, deps)
  const once = judged.map((one): Judged => {
    if (one.code !== undefined || !migrating.has(one.facts.userId)) return one
    return { ...one, code: 'already_migrating', detail: INELIGIBLE.already_migrating }
  })
  const isAsked = ({ code }: Judged) => code === undefined
  return [...once.filter(isAsked), ...once.filter((one) => !isAsked(one))]
}

async function usersOf(
  tx: Tx,
  { user_ids: ids, tier }: MigrationRequest,
  { policy }: ApiDeps,
): Promise<string[]> {
  if (ids) return [...new Set(ids)]
  if (tier !== undefined && !policy.paidTiers.includes(tier))
    throw invalid('tier', `is no tier that gets an app: these do: ${policy.paidTiers.join(', ')}`)
  const tiers = tier === undefined ? policy.paidTiers : [tier]
  const found = await listMigrants(tx, { tiers, limit: MOST_MIGRATED + 1 }, policy)
  if (found.length <= MOST_MIGRATED) return found
  throw invalid(
    tier === undefined ? 'all' : 'tier',
    `is more than ${MOST_MIGRATED} users: give them by user_ids`,
  )
}

function invalid(field: string, message: string): HangarError {
  return new HangarError('validation_failed', {
    operator: `${field} ${message}`,
    details: { errors: [{ field, message }] },
  })
}

async function previewOf(
  tx: Tx,
  judged: readonly Judged[],
  request: MigrationRequest,
  deps: ApiDeps,
): Promise<Preview> {
  const { wave_size: waveSize, wave_pause_seconds: pauseSeconds, per_minute: perMinute } = request
  const byCode: Record<string, number> = {}
  for (const { code } of judged) if (code !== undefined) byCode[code] = (byCode[code] ?? 0) + 1
  const eligible = judged.filter(({ code }) => code === undefined)
  const heldBy = holdingBrake(await listEngaged(tx), 'anything', { kind: 'not_entitled' })
  const pace = { perMinute, waveSize, wavePauseMs: pauseSeconds * 1_000 }
  const ahead = { waiting: eligible.length, asked: 0, itemSeconds: null, ...pace }
  return {
    total: judged.length,
    eligible: eligible.length,
    ineligible_by_code: byCode,
    users: await named(tx, judged.slice(0, MOST_NAMED), waveSize, deps),
    waves: Math.ceil(eligible.length / waveSize),
    wave_size: waveSize,
    wave_pause_seconds: pauseSeconds,
    stop_on_failure_share: request.stop_on_failure_share,
    per_minute: perMinute,
    eta_seconds: heldBy === null ? foreseeWavesSeconds(ahead) : null,
    monthly_cost_usd: eligible.reduce((sum, one) => sum + monthlyUsd(one, deps), 0).toFixed(2),
    held_by: heldBy,
  }
}

async function named(
  tx: Tx,
  judged: readonly Judged[],
  waveSize: number,
  deps: ApiDeps,
): Promise<Preview['users']> {
  const userIds = judged.map(({ facts }) => facts.userId)
  const emails = await listEmails(tx, userIds)
  const names = await foreseeAppNames(tx, userIds, deps.appPrefix)
  return judged.map((one, index) => {
    const { facts, code, detail } = one
    const isAsked = code === undefined
    return {
      user_id: facts.userId,
      email: emails.get(facts.userId) ?? null,
      tier: facts.subscription?.tier ?? null,
      decision: isAsked ? ('migrate' as const) : ('skip' as const),
      code: code ?? null,
      text: detail ?? null,
      wave: isAsked ? Math.ceil((index + 1) / waveSize) : null,
      app_name: isAsked ? (names.get(facts.userId) ?? null) : (facts.app?.flyAppName ?? null),
      monthly_cost_usd: isAsked ? monthlyUsd(one, deps).toFixed(2) : null,
    }
  })
}

/** Of the app that the user is to get. */
function monthlyUsd({ facts }: Judged, { policy, costs }: ApiDeps): number {
  const entitlement = entitlementOf(facts, policy)
  if (entitlement.kind !== 'entitled') return 0
  return monthlyCostUsd(costs.priceModel, entitlement.guest, entitlement.region ?? costs.region)
}

async function write(
  tx: Tx,
  judged: readonly Judged[],
  preview: Preview,
  request: MigrationRequest,
  { caller: { actor }, requestId }: Context,
): Promise<BulkSummary> {
  const { reason, per_minute: perMinute, stop_on_failure_share: stopOnFailureShare } = request
  const waves = {
    size: request.wave_size,
    pauseMs: request.wave_pause_seconds * 1_000,
    stopOnFailureShare,
  }
  const id = await insertBulk(tx, {
    ...{ action: 'migrate', force: false, reason, actor, requestId, perMinute, burstApprovalId: null, waves },
    items: judged.map(({ facts: { userId }, code, detail }) => ({
      userId,
      ...(code === undefined ? {} : { code }),
      ...(detail === undefined ? {} : { detail }),
    })),
  })
  const { total, eligible, monthly_cost_usd: monthlyCostUsd } = preview
  const whom = request.user_ids ? 'some' : (request.tier ?? 'all')
  const after = { bulkId: id, whom, total, eligible, perMinute, waves, monthlyCostUsd }
  await insertAudit(tx, { actor, action: 'migration.create', reason, requestId, after })
  const bulk = await findBulk(tx, id)
  if (!bulk) throw new HangarError('internal', { operator: `migration ${id} was not written` })
  return bulk
}
