/** What the endpoints about migrations of existing users read and show: a bulk with waves, and its items. */
import { HangarError, PAUSE_REASONS } from '@hangar/core'
import { type BulkItemRow, type BulkSummary, countWaves, findBulk, type Database, type Tx } from '@hangar/db'
import { z } from 'zod'
import { count, usd } from '../../http/answer-fields.ts'
import { bulkAnswer, bulkItemAnswer, viewBulk, viewBulkItem } from './bulk-fields.ts'
import { appStatus } from './fields.ts'

const shared = bulkAnswer.shape

export const migrationAnswer = z
  .strictObject({
    id: shared.id,
    state: shared.state,
    paused_because: z
      .enum(PAUSE_REASONS)
      .nullable()
      .describe(
        '`failure_share`: too many had failed, so it has stopped itself, and goes on with `resume`. Null where it is not paused.',
      ),
    held_by: shared.held_by,
    counts: shared.counts,
    total: shared.total,
    wave: count.describe('Whose users are asked now, counted from 1.'),
    waves: count.describe('How many there are, counted when it was made.'),
    wave_size: count,
    wave_pause_seconds: z.number().min(0),
    stop_on_failure_share: z.number().min(0).max(1),
    per_minute: shared.per_minute,
    eta_seconds: shared.eta_seconds,
    reason: shared.reason,
    created_by: shared.created_by,
    created_at: shared.created_at,
    updated_at: shared.updated_at,
    ended_at: shared.ended_at,
  })
  .meta({
    id: 'Migration',
    description: 'Users who pay and had no app of their own are given one, in waves, each with a result.',
  })

type InWaves = Extract<BulkSummary, { wave: number }>

const isInWaves = (bulk: BulkSummary): bulk is InWaves => bulk.wave !== null

export function viewMigration(bulk: BulkSummary): z.output<typeof migrationAnswer> {
  if (!isInWaves(bulk)) throw notFound(bulk.id)
  const view = viewBulk(bulk)
  return {
    id: view.id,
    state: view.state,
    paused_because: bulk.state === 'paused' ? bulk.pausedBecause : null,
    held_by: view.held_by,
    counts: view.counts,
    total: view.total,
    wave: bulk.wave,
    waves: countWaves(bulk),
    wave_size: bulk.waveSize,
    wave_pause_seconds: bulk.wavePauseMs / 1_000,
    stop_on_failure_share: bulk.stopOnFailureShare,
    per_minute: view.per_minute,
    eta_seconds: view.eta_seconds,
    reason: view.reason,
    created_by: view.created_by,
    created_at: view.created_at,
    updated_at: view.updated_at,
    ended_at: view.ended_at,
  }
}

/** Throws `not_found` for another kind of bulk too. */
export async function findMigration(db: Database | Tx, id: number): Promise<BulkSummary> {
  const bulk = await findBulk(db, id)
  if (bulk?.action !== 'migrate') throw notFound(id)
  return bulk
}

function notFound(id: number): HangarError {
  return new HangarError('not_found', { operator: `there is no migration ${id}` })
}

export const migrationItemAnswer = z
  .strictObject({
    ...bulkItemAnswer.shape,
    wave: count.nullable().describe('Null for who was left out from the beginning.'),
    tier: z.string().nullable().describe('Of the subscription as it is now.'),
    app_name: z.string().nullable().describe('Of the app as it is now; null while there is none.'),
    app_status: appStatus.nullable(),
    monthly_cost_usd: usd.nullable().describe('US dollars a month; an estimate. Null while there is no app.'),
  })
  .meta({ id: 'MigrationItem' })

/** Who was left out from the beginning has the last places, behind those of the waves. */
export function viewMigrationItem({ waveSize, waveUsers }: BulkSummary) {
  return (item: BulkItemRow): z.output<typeof migrationItemAnswer> => ({
    ...viewBulkItem(item),
    wave: waveSize !== null && item.place <= waveUsers ? Math.ceil(item.place / waveSize) : null,
    tier: item.tier,
    app_name: item.flyAppName,
    app_status: item.appStatus,
    monthly_cost_usd: item.monthlyCostEstimateUsd,
  })
}
