/**
 * What a worker looks at before it plans: the facts about entitlement, the live row, and the app's own reports; and
 * the shorter look that comes with each extension of the lease.
 */
import type { BrakeName, ForcedAction, SubscriptionFacts } from '@hangar/core'
import { sql, type RawBuilder } from 'kysely'
import { findLiveApp, type AppRow } from './apps.ts'
import type { Database, Tx } from './database.ts'
import { findHeartbeat, type HeartbeatRow } from './heartbeats.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import type { OverrideDesired } from './schema.ts'
import { holds, type Lease } from './work.ts'

/**
 * The facts that decide what may be done for a user: what they are entitled to, the brakes that are engaged, what an
 * operator forces on their live row; and the database's time when it was asked.
 */
export type EntitlementFacts = SubscriptionFacts & {
  now: Date
  brakes: BrakeName[]
  forced: ForcedAction | null
  /** The database was restored, and no whole scan of what is on Fly began since. */
  namesInDoubt: boolean
}
export type WorldRows = EntitlementFacts & { app: AppRow | null; heartbeat: HeartbeatRow | null }

type FactsRow = {
  now: Date
  hasHostRow: boolean
  tier: string | null
  status: string | null
  hostRowSeenAt: Date | null
  hostRowDeletedAt: Date | null
  desired: OverrideDesired | null
  guest: NonNullable<SubscriptionFacts['override']>['guest']
  region: string | null
  brakes: BrakeName[]
  forced: ForcedAction | null
  namesInDoubt: boolean
}

/** The facts of one user, whether or not any table knows them. */
export async function readEntitlementFacts(db: Database | Tx, userId: string): Promise<EntitlementFacts> {
  const { rows } = await selectFacts(sql`(select ${userId}::uuid as user_id) who`).execute(db)
  return toFacts(onlyRow(rows))
}

/** Extends the lease and reads all that a plan is made from. Null: the lease is lost. */
export async function readWorld(db: Database, lease: Lease, ttlMs: number): Promise<WorldRows | null> {
  const facts = await extendLeaseAndReadFacts(db, lease, ttlMs)
  if (!facts) return null
  return { ...facts, ...(await readRows(db, lease.userId)) }
}

/** The same without a lease: for a dry run, which may be out of date by the time it is read, and changes nothing. */
export async function glanceAtWorld(db: Database, userId: string): Promise<WorldRows> {
  return { ...(await readEntitlementFacts(db, userId)), ...(await readRows(db, userId)) }
}

async function readRows(db: Database, userId: string): Promise<Pick<WorldRows, 'app' | 'heartbeat'>> {
  const app = await findLiveApp(db, userId)
  return { app, heartbeat: app && (await findHeartbeat(db, app.id)) }
}

/** Extends the lease and re-reads the facts in one round trip. Null: the lease is lost, nothing was extended. */
export async function extendLeaseAndReadFacts(
  db: Database,
  lease: Lease,
  ttlMs: number,
): Promise<EntitlementFacts | null> {
  const { rows } = await sql<FactsRow>`
    with who as (
      update hangar.user_work
      set lease_expires_at = hangar.now() + ${intervalMs(ttlMs)}, updated_at = hangar.now()
      where ${holds(lease)}
      returning user_id
    ) ${selectFacts(sql`who`)}`.execute(db)
  const [row] = rows
  return row ? toFacts(row) : null
}

/** `who` stands for rows with a column user_id, one at most. */
function selectFacts(who: RawBuilder<unknown>): RawBuilder<FactsRow> {
  return sql<FactsRow>`
    select hangar.now() as now, host.user_id is not null as has_host_row, host.tier, host.status,
      want.host_row_seen_at, want.host_row_deleted_at, override.desired, override.guest, override.region,
      array(select name from hangar.brakes where engaged_at is not null order by name) as brakes,
      (select action from hangar.forced_actions forced join public.user_fly_apps app on app.id = forced.user_fly_app_id
        where app.user_id = who.user_id and app.deleted_at is null) as forced,
      exists (select from hangar.brakes where name = 'restored' and engaged_at is not null and not exists (
        select from hangar.complete_scans where began_at > engaged_at)) as names_in_doubt
    from ${who}
    left join hangar.host_subscriptions host on host.user_id = who.user_id
    left join hangar.user_wants want on want.user_id = who.user_id
    left join hangar.user_overrides override on override.user_id = who.user_id and override.ended_at is null
      and (override.expires_at is null or override.expires_at > hangar.now())`
}

function toFacts(row: FactsRow): EntitlementFacts {
  const {
    now,
    hasHostRow,
    tier,
    status,
    hostRowSeenAt,
    hostRowDeletedAt,
    desired,
    guest,
    region,
    brakes,
    forced,
    namesInDoubt,
  } = row
  return {
    now,
    subscription: hasHostRow ? { tier, status } : null,
    hostRowSeenAt,
    hostRowDeletedAt,
    override: desired && { desired, guest, region },
    brakes,
    forced,
    namesInDoubt,
  }
}
