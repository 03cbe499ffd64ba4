/**
 * `hangar.bulks` and `hangar.bulk_items`: acts on many users, each with an end of its own.
 *
 *   running ⇄ paused ─▶ done       every item has come to its end
 *      └────────┴─────▶ cancelled  who waited is left out; who was asked is followed to the end
 *
 * How a worker carries one out is in bulk-run.ts. One with waves (bulk-waves.ts) pauses by itself where too many fail.
 */
import type { AppStatus, BrakeName, BulkAction, BulkItemState, BulkState, PauseReason } from '@hangar/core'
import { type RawBuilder, sql } from 'kysely'
import { resolveAlert } from './alerts.ts'
import { type AppFilter, conditionsOf, liveness } from './app-filter.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'

export type BulkCounts = Record<BulkItemState, number>

export type BulkRow = {
  id: number
  action: BulkAction
  force: boolean
  reason: string
  actor: string
  requestId: string | null
  perMinute: number
  burstApprovalId: number | null
  state: BulkState
  heldBy: BrakeName | null
  createdAt: Date
  updatedAt: Date
  endedAt: Date | null
  /** Of one that is paused; null too where that was before it was written down. */
  pausedBecause: PauseReason | null
} & (
  | {
      /** Of its users, by their place, so many are in a wave. */
      waveSize: number
      wavePauseMs: number
      stopOnFailureShare: number
      /** So many, from the first place, are in waves; who was left out from the beginning comes after them. */
      waveUsers: number
      /** Whose users may be asked now, counted from 1. */
      wave: number
    }
  | {
      waveSize: null
      wavePauseMs: null
      stopOnFailureShare: null
      waveUsers: null
      wave: null
    }
)

export type BulkSummary = BulkRow & {
  counts: BulkCounts
  /** How long those who have ended took from being asked, on average. Null: nobody has yet. */
  itemSeconds: number | null
}

export type NewBulk = Pick<
  BulkRow,
  'action' | 'force' | 'reason' | 'actor' | 'requestId' | 'perMinute' | 'burstApprovalId'
> & {
  /** In the order in which they are asked. `code`: not to be asked, and why; with waves, these come last. */
  items: readonly { userId: string; code?: string; detail?: string }[]
  /** Without them all are in one. */
  waves?: { size: number; pauseMs: number; stopOnFailureShare: number }
}

export const BULK_COLUMNS = sql`bulk.id, bulk.action, bulk.force, bulk.reason, bulk.actor, bulk.request_id, bulk.per_minute,
  bulk.burst_approval_id, bulk.state, bulk.held_by, bulk.created_at, bulk.updated_at, bulk.ended_at,
  bulk.paused_because, bulk.wave_size, bulk.wave_pause_ms, bulk.stop_on_failure_share, bulk.wave_users, bulk.wave`

/** No user may be in it twice. The caller writes the audit row in the same transaction. */
export async function insertBulk(tx: Tx, { items, waves, ...bulk }: NewBulk): Promise<number> {
  const asked = items.filter(({ code }) => code === undefined)
  const ordered = waves ? [...asked, ...items.filter(({ code }) => code !== undefined)] : items
  const { size = null, pauseMs = null, stopOnFailureShare = null } = waves ?? {}
  const { rows } = await sql<{ id: number }>`
    insert into hangar.bulks (action, force, reason, actor, request_id, per_minute, burst_approval_id,
      wave_size, wave_pause_ms, stop_on_failure_share, wave_users, wave, failures_since)
    values (${bulk.action}, ${bulk.force}, ${bulk.reason}, ${bulk.actor}, ${bulk.requestId}, ${bulk.perMinute},
      ${bulk.burstApprovalId}, ${size}, ${pauseMs}, ${stopOnFailureShare}, ${waves ? asked.length : null}, ${waves ? 1 : null},
      ${waves ? sql`hangar.now()` : null}) returning id`.execute(tx)
  const { id } = onlyRow(rows)
  const values = ordered.map(({ userId, code = null, detail = null }) => ({ user_id: userId, code, detail }))
  await sql`
    insert into hangar.bulk_items (bulk_id, place, user_id, state, code, detail, ended_at)
    select ${id}, place, (item ->> 'user_id')::uuid,
      case when item ->> 'code' is null then 'waiting' else 'skipped' end, item ->> 'code', item ->> 'detail',
      case when item ->> 'code' is not null then hangar.now() end
    from jsonb_array_elements(${JSON.stringify(values)}::jsonb) with ordinality as item (item, place)`.execute(
    tx,
  )
  return id
}

export async function findBulk(db: Database | Tx, id: number): Promise<BulkSummary | null> {
  return (await summarise(db, { where: sql`bulk.id = ${id}`, limit: 1 }))[0] ?? null
}

/** Newest first. */
export function listBulks(
  db: Database | Tx,
  {
    limit,
    beforeId = Number.MAX_SAFE_INTEGER,
    action,
  }: { limit: number; beforeId?: number | undefined; action?: BulkAction },
): Promise<BulkSummary[]> {
  const isMeant = action === undefined ? sql`true` : sql`bulk.action = ${action}`
  return summarise(db, { where: sql`bulk.id < ${beforeId} and ${isMeant}`, limit })
}

async function summarise(
  db: Database | Tx,
  { where, limit }: { where: RawBuilder<unknown>; limit: number },
): Promise<BulkSummary[]> {
  type Row = BulkRow & BulkCounts & { itemSeconds: number | null }
  const { rows } = await sql<Row>`
    select ${BULK_COLUMNS}, counted.*
    from (select * from hangar.bulks bulk where ${where} order by id desc limit ${limit}) bulk
    cross join lateral (
      select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'asked') as asked,
        count(*) filter (where state = 'done') as done, count(*) filter (where state = 'failed') as failed,
        count(*) filter (where state = 'skipped') as skipped,
        (avg(extract(epoch from ended_at - asked_at)) filter (where state in ('done', 'failed')))::double precision
          as item_seconds
      from hangar.bulk_items item where item.bulk_id = bulk.id
    ) counted
    order by bulk.id desc`.execute(db)
  return rows.map(({ waiting, asked, done, failed, skipped, ...row }) => ({
    ...row,
    counts: { waiting, asked, done, failed, skipped },
  }))
}

export type BulkItemRow = {
  place: number
  userId: string
  email: string | null
  state: BulkItemState
  code: string | null
  detail: string | null
  /** Of one that was asked: what it waits for, as the engine has it. */
  waitsFor: string | null
  askedAt: Date | null
  endedAt: Date | null
  /** As the host and the engine have it now; null where there is none. */
  tier: string | null
  flyAppName: string | null
  appStatus: AppStatus | null
  monthlyCostEstimateUsd: string | null
}

/** In the order in which they are asked; the next page begins after the last place of this one. */
export async function listBulkItems(
  db: Database | Tx,
  bulkId: number,
  page: { limit: number; state?: BulkItemState | undefined; afterPlace?: number | undefined },
): Promise<BulkItemRow[]> {
  const { rows } = await sql<BulkItemRow>`
    select item.place, item.user_id, host.email, item.state, item.code, item.detail, item.asked_at, item.ended_at,
      case when item.state = 'asked' then coalesce(work.parked_reason, work.failed_reason) end as waits_for,
      subscription.tier, app.fly_app_name, app.status as app_status, app.monthly_cost_estimate_usd
    from hangar.bulk_items item
    left join hangar.host_users host on host.user_id = item.user_id
    left join hangar.host_subscriptions subscription on subscription.user_id = item.user_id
    left join public.user_fly_apps app on app.user_id = item.user_id and app.deleted_at is null
    left join hangar.user_work work on work.user_id = item.user_id
    where item.bulk_id = ${bulkId} and item.place > ${page.afterPlace ?? 0}
      and ${page.state === undefined ? sql`true` : sql`item.state = ${page.state}`}
    order by item.place limit ${page.limit}`.execute(db)
  return rows
}

export type BulkVerb = 'pause' | 'resume' | 'cancel'

/** From which states a verb leads to which; from any other it changes nothing. */
const MOVES: Record<BulkVerb, { from: readonly BulkState[]; to: BulkState }> = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused'], to: 'cancelled' },
}

/**
 * What a person says of a bulk. `changed`: it was not so already. Null: there is none of that id. After a cancel nobody is
 * asked any more: whoever asks holds the same row.
 */
export async function changeBulk(
  tx: Tx,
  id: number,
  verb: BulkVerb,
): Promise<{ before: BulkState; changed: boolean } | null> {
  const { from, to } = MOVES[verb]
  const { rows } = await sql<{ state: BulkState }>`
    select state from hangar.bulks where id = ${id} for update`.execute(tx)
  const [bulk] = rows
  if (!bulk) return null
  const { state } = bulk
  if (!from.includes(state)) return { before: state, changed: false }
  // Whoever goes on with one that has stopped itself has seen what failed until now.
  await sql`
    update hangar.bulks set state = ${to}, held_by = null, looked_at = null, updated_at = hangar.now(),
      next_ask_at = greatest(next_ask_at, hangar.now()),
      paused_because = ${verb === 'pause' ? 'operator' : null},
      failures_since = case when paused_because = 'failure_share' then hangar.now() else failures_since end
    where id = ${id}`.execute(tx)
  await resolveAlert(tx, 'migration_stopped', String(id))
  if (verb === 'cancel') await leaveOutWaiting(tx, id)
  return { before: state, changed: true }
}

/** Of a burst that was approved for it, what those who were asked may yet need stays. */
async function leaveOutWaiting(tx: Tx, id: number): Promise<void> {
  await sql`
    update hangar.bulk_items set state = 'skipped', code = 'cancelled', detail = 'the bulk was cancelled before',
      ended_at = hangar.now()
    where bulk_id = ${id} and state = 'waiting'`.execute(tx)
  await sql`
    with needed as (
      select bulk.burst_approval_id as id,
        (select count(*) from hangar.bulk_items where bulk_id = bulk.id and state = 'asked')::integer as asked
      from hangar.bulks bulk where bulk.id = ${id}
    )
    update hangar.burst_approvals approval
    set approved = greatest(1, least(approved, used + asked)),
      expires_at = case when used + asked = 0 then least(expires_at, hangar.now()) else expires_at end
    from needed where approval.id = needed.id`.execute(tx)
}

/** Whose apps the filter shows, in the order of the apps' ids. A deleted app's user is among them once. */
export async function listUsersOfApps(tx: Tx, filter: AppFilter, limit: number): Promise<string[]> {
  const conditions = sql.join(Object.values(conditionsOf(filter)), sql` and `)
  const { rows } = await sql<{ userId: string }>`
    select app.user_id from public.user_fly_apps app
    where ${liveness(filter)} and ${conditions}
    group by app.user_id order by min(app.id::text) limit ${limit}`.execute(tx)
  return rows.map(({ userId }) => userId)
}

/** Bulks that are not over, and that no worker has looked at for so long: Redis has forgotten them. */
export async function listForgottenBulks(db: Database | Tx, silentMs: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from hangar.bulks
    where ended_at is null and (looked_at is null or looked_at < hangar.now() - ${intervalMs(silentMs)})
    order by id`.execute(db)
  return rows.map(({ id }) => id)
}
