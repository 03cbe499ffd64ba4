/**
 * `hangar.brakes` and the counted bursts beside them. Engaging and releasing is idempotent: of any number of callers
 * at once, one is told that it made the change, and that one tells the world (an alert, a log line).
 */
import { BRAKE_NAMES, type BrakeName } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import { readSettings } from './settings.ts'

export type BrakeRow = {
  name: BrakeName
  engagedAt: Date | null
  engagedBy: string | null
  reason: string | null
  details: Record<string, unknown>
  ignoredUntil: Date | null
}

/** All brakes, engaged or not, in their usual order. */
export async function listBrakes(db: Database | Tx): Promise<BrakeRow[]> {
  const { rows } = await sql<BrakeRow>`
    select name, engaged_at, engaged_by, reason, details, ignored_until from hangar.brakes`.execute(db)
  return rows.sort((a, b) => BRAKE_NAMES.indexOf(a.name) - BRAKE_NAMES.indexOf(b.name))
}

/** True when it was free, and nobody has asked to ignore its condition for now. */
export async function engageBrake(
  db: Database | Tx,
  name: BrakeName,
  why: { by: string; reason: string; details?: Record<string, unknown> },
): Promise<boolean> {
  const result = await sql`
    update hangar.brakes
    set engaged_at = hangar.now(), engaged_by = ${why.by}, reason = ${why.reason},
      details = ${JSON.stringify(why.details ?? {})}::jsonb, updated_at = hangar.now()
    where name = ${name} and engaged_at is null
      and (ignored_until is null or ignored_until <= hangar.now())`.execute(db)
  return result.numAffectedRows === 1n
}

/**
 * Lets go, and makes those it held due at once. `ignoreForMs`: how long its condition is not looked at again, so that
 * a brake an operator has released does not engage again on what they have just judged. True when it was engaged.
 */
export async function releaseBrake(
  db: Database | Tx,
  name: BrakeName,
  { ignoreForMs = 0 }: { ignoreForMs?: number } = {},
): Promise<boolean> {
  const result = await sql`
    update hangar.brakes
    set engaged_at = null, engaged_by = null, reason = null, details = '{}', updated_at = hangar.now(),
      ignored_until = ${ignoreForMs > 0 ? sql`hangar.now() + ${intervalMs(ignoreForMs)}` : sql`null`}
    where name = ${name} and engaged_at is not null`.execute(db)
  return result.numAffectedRows === 1n
}

/**
 * May one more teardown begin? Counted in the caller's transaction, which has to begin the teardown in it: the row
 * lock on the brake makes callers take turns, so that the threshold is exact. An approved burst is used up first.
 * `held`: the burst is over the threshold, and the brake is engaged now.
 */
export async function takeTeardownSlot(
  tx: Tx,
  actor: string,
): Promise<{ kind: 'go'; approvalId: number | null } | { kind: 'held'; engagedNow: boolean }> {
  await sql`select from hangar.brakes where name = 'deletion_burst' for update`.execute(tx)
  const approvalId = await useApproval(tx)
  if (approvalId !== null) return { kind: 'go', approvalId }
  const { teardownBurst } = await readSettings(tx)
  const { begun, live, ignored } = onlyRow(
    (
      await sql<{ begun: number; live: number; ignored: boolean }>`
        select
          (select count(*) from public.user_fly_apps
            where teardown_started_at > hangar.now() - ${intervalMs(teardownBurst.windowMs)}
              and burst_approval_id is null) as begun,
          (select count(*) from public.user_fly_apps where deleted_at is null) as live,
          coalesce(ignored_until > hangar.now(), false) as ignored
        from hangar.brakes where name = 'deletion_burst'`.execute(tx)
    ).rows,
  )
  const allowed = Math.max(teardownBurst.least, Math.floor(live * teardownBurst.share))
  if (begun < allowed || ignored) return { kind: 'go', approvalId: null }
  const minutes = teardownBurst.windowMs / 60_000
  const engagedNow = await engageBrake(tx, 'deletion_burst', {
    by: actor,
    reason: `${begun} teardowns began within ${minutes} minutes; ${allowed} are usual for ${live} apps`,
    details: { begun, allowed, live },
  })
  return { kind: 'held', engagedNow }
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
