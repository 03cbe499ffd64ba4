/**
 * `hangar.user_work`: the lease on a user, and what came of the last attempts.
 *
 *   free ──claim──▶ held (owner, fence + 1, expiry) ──finish──▶ free
 *                     │  ▲ extend                     done | parked | failed | released
 *                     └──┘ expiry: anyone may claim, with a higher fence
 *
 * Whoever was overtaken can write nothing: each write happens in `withFence`, which reads this row by owner, fence
 * and expiry and holds it FOR SHARE until the commit, so that no claim can come in between.
 */
import { HangarError } from '@hangar/core'
import { type RawBuilder, sql, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import type { Schema } from './schema.ts'
import { raiseWant, type WantRow } from './wants.ts'

export type WorkRow = Selectable<Schema['hangar.userWork']>
/** A claim. `fence` grows with each one. */
export type Lease = { userId: string; owner: string; fence: number }
/** What the claim found. `want` is as it was then; a want raised later makes the row due again. */
export type ClaimedWork = { lease: Lease; work: WorkRow; want: ClaimedWant; now: Date }
export type ClaimedWant = Omit<WantRow, 'updatedAt'>

/** How a lease ends; delays count from the database's now, as all deadlines do. `released` gives the work back as it was; the others record what came of it. */
export type WorkResult =
  | { kind: 'done'; doneVersion: number }
  | { kind: 'parked'; delayMs: number; reason: string }
  | {
      kind: 'failed'
      failedAttempts: number
      failedVersion: number
      delayMs: number
      reason: string
      mayLand?: boolean
    }
  /** `mayLand`: a call that changes something got no answer, and may be carried out later. */
  | { kind: 'released'; mayLand?: boolean }

/**
 * Takes the user's lease, or answers null while somebody else's is valid. One statement: of any number of claims at
 * once, one wins. It never touches `user_wants`, which a host transaction may hold locked for long.
 * A want newer than the one that failed starts the count of failures afresh.
 */
export async function claimLease(
  db: Database,
  { userId, owner, ttlMs }: { userId: string; owner: string; ttlMs: number },
): Promise<ClaimedWork | null> {
  type Claimed = WorkRow & Omit<ClaimedWant, 'userId'> & { now: Date }
  const { rows } = await sql<Claimed>`
    with claimed as (
      insert into hangar.user_work as work (user_id, owner, fence, lease_expires_at, planned_version)
      values (${userId}, ${owner}, 1, hangar.now() + ${intervalMs(ttlMs)},
        coalesce((select wanted_version from hangar.user_wants where user_id = ${userId}), 0))
      on conflict (user_id) do update set
        owner = excluded.owner,
        fence = work.fence + 1,
        lease_expires_at = hangar.now() + ${intervalMs(ttlMs)},
        failed_attempts = case when excluded.planned_version > work.failed_version then 0
          else work.failed_attempts end,
        next_attempt_at = case when excluded.planned_version <= work.planned_version then work.next_attempt_at end,
        planned_version = excluded.planned_version,
        overtaken_at = case when work.owner is null then work.overtaken_at else hangar.now() end,
        updated_at = hangar.now()
      where work.lease_expires_at is null or work.lease_expires_at <= hangar.now()
      returning work.*
    )
    select claimed.*, coalesce(want.wanted_version, 0) as wanted_version, want.source, want.enrolled_at,
      want.host_row_seen_at, want.host_row_deleted_at, hangar.now() as now
    from claimed left join hangar.user_wants want using (user_id)`.execute(db)
  const [row] = rows
  if (!row) return null
  const { wantedVersion, source, enrolledAt, hostRowSeenAt, hostRowDeletedAt, now, ...work } = row
  const want = { userId, wantedVersion, source, enrolledAt, hostRowSeenAt, hostRowDeletedAt }
  return { lease: { userId, owner, fence: work.fence }, work, want, now }
}

/** Null: nobody has ever worked on this user. */
export async function findWork(db: Database | Tx, userId: string): Promise<WorkRow | null> {
  const row = await db
    .selectFrom('hangar.userWork')
    .selectAll()
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row ?? null
}

/** Holds the lease for `ttlMs` from now. False: it is lost, or it has run out, which counts the same. */
export async function extendLease(db: Database, lease: Lease, ttlMs: number): Promise<boolean> {
  const result = await sql`
    update hangar.user_work set lease_expires_at = hangar.now() + ${intervalMs(ttlMs)}, updated_at = hangar.now()
    where ${holds(lease)}`.execute(db)
  return result.numAffectedRows === 1n
}

/**
 * A transaction that commits only if nobody has claimed since and the lease is valid from its first to its last statement:
 * a process that stood still in the midst of it would write what it had read long ago. Throws `lease_lost`.
 */
export function withFence<T>(db: Database, lease: Lease, change: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await assertHeld(tx, lease, holds(lease))
    const result = await change(tx)
    await assertHeld(tx, lease, sql`(${holds(lease)} or ${wasGivenBack(lease)})`)
    return result
  })
}

async function assertHeld(tx: Tx, lease: Lease, held: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql`select from hangar.user_work where ${held} for share`.execute(tx)
  if (rows.length === 0) throw leaseLost(lease)
}

/** By this very transaction, with `finishWork`, which asks for itself: nobody else can have, since the row is locked. */
function wasGivenBack({ userId, fence }: Lease): RawBuilder<unknown> {
  return sql`(user_id = ${userId} and fence = ${fence} and owner is null)`
}

/**
 * Gives the lease back and records what came of the work, in one statement. `moreWanted`: something newer was
 * wanted meanwhile than what the claim saw, so work goes on at once. Throws `lease_lost`, and then records nothing.
 */
export async function finishWork(
  db: Database | Tx,
  lease: Lease,
  result: WorkResult,
): Promise<{ moreWanted: boolean }> {
  const late = 'mayLand' in result && result.mayLand ? sql`overtaken_at = hangar.now(),` : sql``
  const { rows } = await sql<{ moreWanted: boolean }>`
    update hangar.user_work as work
    set ${recordOf(result)} ${late} owner = null, lease_expires_at = null, updated_at = hangar.now()
    where ${holds(lease)}
    returning exists (
      select from hangar.user_wants want
      where want.user_id = work.user_id and want.wanted_version > work.planned_version) as more_wanted`.execute(
    db,
  )
  const [row] = rows
  if (!row) throw leaseLost(lease)
  return row
}

/**
 * Users whose lease was overtaken, or whose last call got no answer, `lateCallMs` ago or longer are to be looked at
 * once more: whoever was frozen, or cut off, may have had one call on its way, and by now it has landed. Who still has work open is looked at by that,
 * in its own time: a new want would begin the pauses after failures anew, for as long as Fly answers nothing. Marks them
 * as seen to, at most `limit` in one round, and answers how many.
 */
export function wakeOvertaken(
  db: Database,
  { lateCallMs, limit }: { lateCallMs: number; limit: number },
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ userId: string; isSettled: boolean }>`
      update hangar.user_work as work set overtaken_at = null
      where user_id in (
        select user_id from hangar.user_work
        where overtaken_at <= hangar.now() - ${intervalMs(lateCallMs)} and owner is null
        order by overtaken_at limit ${limit} for update skip locked)
      returning user_id, not exists (
        select from hangar.user_wants want
        where want.user_id = work.user_id and want.wanted_version > work.done_version) as is_settled`.execute(
      tx,
    )
    for (const { userId, isSettled } of rows) if (isSettled) await raiseWant(tx, userId, 'sweep')
    return rows.length
  })
}

function recordOf(result: WorkResult) {
  switch (result.kind) {
    case 'done':
      return sql`done_version = greatest(done_version, ${result.doneVersion}), failed_attempts = 0,
        next_attempt_at = null, parked_reason = null, failed_reason = null,`
    case 'parked':
      return sql`next_attempt_at = hangar.now() + ${intervalMs(result.delayMs)}, parked_reason = ${result.reason},`
    case 'failed':
      return sql`failed_attempts = ${result.failedAttempts}, failed_version = ${result.failedVersion},
        next_attempt_at = hangar.now() + ${intervalMs(result.delayMs)}, parked_reason = null, failed_reason = ${result.reason},`
    case 'released':
      return sql``
  }
}

/** The row belongs to this claim, and the claim is still valid. */
export function holds({ userId, owner, fence }: Lease) {
  return sql`user_id = ${userId} and owner = ${owner} and fence = ${fence} and lease_expires_at > hangar.now()`
}

function leaseLost({ userId, fence }: Lease): HangarError {
  return new HangarError('lease_lost', { operator: `the lease of ${userId} under fence ${fence} is lost` })
}
