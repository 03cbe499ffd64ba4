/**
 * The brake on teardowns: each one is counted as it begins, and the one too many engages `deletion_burst`. A burst
 * that an operator has counted and approved beforehand is used up first and does not count.
 *
 * Whoever takes a slot, approves or clears holds the brakes' rows locked first: callers take turns, so that the
 * threshold is exact, and a teardown that is rolled back gives its slot and its approval back.
 */
import { BRAKE_NAMES, type BrakeName, type Entitlement, holdingBrake } from '@hangar/core'
import { sql } from 'kysely'
import { engageBrake, releaseBrake } from './brakes.ts'
import { type Database, inTransaction, type Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import { readSettings } from './settings.ts'
import { desiredState, type EntitlementPolicy } from './sweep.ts'

export type TeardownSlot = { kind: 'go'; approvalId: number | null } | { kind: 'held'; engagedNow: boolean }

/**
 * May one more teardown begin? Counted in the caller's transaction, which has to begin the teardown in it.
 * `held`: a brake is engaged, or the burst is over the threshold, which engages one.
 */
export async function takeTeardownSlot(
  tx: Tx,
  { actor, entitlement }: { actor: string; entitlement: Pick<Entitlement, 'kind'> },
): Promise<TeardownSlot> {
  const { engaged, ignored } = await lockBrakes(tx)
  // Planned before the brake engaged: it waits like all others, and no approval is spent on it.
  if (holdingBrake(engaged, 'teardown', entitlement) !== null) return { kind: 'held', engagedNow: false }
  const approvalId = await useApproval(tx)
  if (approvalId !== null) return { kind: 'go', approvalId }
  const { begun, allowed, live, minutes } = await measureBurst(tx)
  if (begun < allowed || ignored) return { kind: 'go', approvalId: null }
  const engagedNow = await engageBrake(tx, 'deletion_burst', {
    by: actor,
    reason: `${begun} teardowns began within ${minutes} minutes; ${allowed} are usual for ${live} apps`,
    details: { begun, allowed, live },
  })
  return { kind: 'held', engagedNow }
}

/**
 * Lets go by itself only when nobody waits to begin any more: the mistake was taken back, or an operator dealt with each.
 * Time alone proves nothing: were it released as the window moves on, a fault that ends every subscription would
 * still take the whole fleet, twenty apps at a time. Nor while another brake is engaged: what that one makes of the
 * users' work says nothing of a mistake taken back. True when this call released it.
 */
export function releaseBurstIfNobodyWaits(db: Database, policy: EntitlementPolicy): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const { engaged } = await lockBrakes(tx)
    const alone = engaged.length === 1 && engaged[0] === 'deletion_burst'
    if (!alone || (await countWaiting(tx, policy)) > 0) return false
    const { begun, allowed } = await measureBurst(tx)
    return begun < allowed && releaseBrake(tx, 'deletion_burst')
  })
}

export type BurstApproval = {
  id: number
  approved: number
  used: number
  reason: string
  actor: string
  createdAt: Date
  expiresAt: Date
  /** Of no use any more, whatever is left of it. */
  expired: boolean
}

/** `waiting`: those whom the brake kept from beginning. */
export type ApprovedBurst = {
  approval: BurstApproval
  etaMinutes: number
  waiting: number
  released: boolean
}

/**
 * So many teardowns are meant. Where the approvals now cover everybody who waits to begin, the brake lets go. The ETA is
 * when the last of them is through: they wait for Fly's limit on deletions behind all that was there before.
 */
export async function approveBurst(
  tx: Tx,
  burst: { count: number; reason: string; actor: string; expiresInMs: number },
  policy: EntitlementPolicy,
): Promise<ApprovedBurst> {
  const { engaged } = await lockBrakes(tx)
  const before = await measureQueue(tx)
  const { rows } = await sql<BurstApproval>`
    insert into hangar.burst_approvals (approved, reason, actor, created_at, expires_at)
    values (${burst.count}, ${burst.reason}, ${burst.actor}, hangar.now(),
      hangar.now() + ${intervalMs(burst.expiresInMs)})
    returning *, false as expired`.execute(tx)
  const waiting = await countWaiting(tx, policy)
  const covers = before.approved + burst.count >= waiting
  const released = engaged.includes('deletion_burst') && covers && (await releaseBrake(tx, 'deletion_burst'))
  const ahead = before.underWay + before.approved
  const etaMinutes = Math.ceil((ahead + burst.count) / before.perMinute)
  return { approval: onlyRow(rows), etaMinutes, waiting, released }
}

/** How many teardowns may begin now before one of them engages the brake, those that are approved included. */
export async function measureTeardownRoom(tx: Tx): Promise<number> {
  const { begun, allowed } = await measureBurst(tx)
  const { approved } = await measureQueue(tx)
  return Math.max(0, allowed - begun) + approved
}

/** Newest first. */
export async function listBurstApprovals(
  db: Database | Tx,
  page: { limit: number; beforeId?: number },
): Promise<BurstApproval[]> {
  const { rows } = await sql<BurstApproval>`
    select *, expires_at <= hangar.now() as expired from hangar.burst_approvals
    where id < ${page.beforeId ?? Number.MAX_SAFE_INTEGER}
    order by id desc limit ${page.limit}`.execute(db)
  return rows
}

/** All of them, so that nothing that one of them holds begins after it has engaged. `ignored`: the burst's condition is. */
async function lockBrakes(tx: Tx): Promise<{ engaged: BrakeName[]; ignored: boolean }> {
  const { rows } = await sql<{ name: BrakeName; engaged: boolean; ignored: boolean }>`
    select name, engaged_at is not null as engaged, coalesce(ignored_until > hangar.now(), false) as ignored
    from hangar.brakes order by name for update`.execute(tx)
  const isEngaged = (name: BrakeName) => rows.some((row) => row.name === name && row.engaged)
  return {
    engaged: BRAKE_NAMES.filter(isEngaged),
    ignored: rows.some((row) => row.name === 'deletion_burst' && row.ignored),
  }
}

async function useApproval(tx: Tx): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    update hangar.burst_approvals set used = used + 1
    where id = (
      select id from hangar.burst_approvals
      where used < approved and expires_at > hangar.now() order by id limit 1 for update)
    returning id`.execute(tx)
  return rows[0]?.id ?? null
}

/**
 * Whom the brake keeps from beginning: users with a live row and no right to it, whose teardown has not begun. A fact of
 * the rows, and not of what their last attempt left on them: an outage, a failure or an end of either rewrites that. It
 * also holds those that had begun, and they need no slot any more.
 */
async function countWaiting(tx: Tx, policy: EntitlementPolicy): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    select count(*) as users
    from public.user_fly_apps app
    join hangar.user_wants want using (user_id)
    left join hangar.host_subscriptions host using (user_id)
    left join hangar.user_overrides override on override.user_id = app.user_id and override.ended_at is null
      and (override.expires_at is null or override.expires_at > hangar.now())
    where app.deleted_at is null and app.teardown_started_at is null and ${desiredState(policy)} = 'off'`.execute(
    tx,
  )
  return onlyRow(rows).users
}

/** What began within the window, and what may. An approved burst and what an operator forced do not count. */
async function measureBurst(tx: Tx): Promise<Record<'begun' | 'allowed' | 'live' | 'minutes', number>> {
  const { teardownBurst } = await readSettings(tx)
  const { rows } = await sql<{ begun: number; live: number }>`
    select
      (select count(*) from public.user_fly_apps app
        where teardown_started_at > hangar.now() - ${intervalMs(teardownBurst.windowMs)}
          and burst_approval_id is null
          and not exists (select from hangar.forced_actions where user_fly_app_id = app.id)) as begun,
      (select count(*) from public.user_fly_apps where deleted_at is null) as live`.execute(tx)
  const { begun, live } = onlyRow(rows)
  const allowed = Math.max(teardownBurst.least, Math.floor(live * teardownBurst.share))
  return { begun, allowed, live, minutes: teardownBurst.windowMs / 60_000 }
}

/** What is ahead of a new burst, and how fast it moves. */
async function measureQueue(tx: Tx): Promise<Record<'underWay' | 'approved' | 'perMinute', number>> {
  const { rows } = await sql<{ underWay: number; approved: number; perMinute: number }>`
    select
      (select count(*) from public.user_fly_apps where teardown_started_at is not null and deleted_at is null)
        as under_way,
      (select coalesce(sum(approved - used), 0)::bigint from hangar.burst_approvals
        where expires_at > hangar.now()) as approved,
      (select (refill_per_second * 60)::double precision from hangar.permits where name = 'fly_app_delete')
        as per_minute`.execute(tx)
  return onlyRow(rows)
}
