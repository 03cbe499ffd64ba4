/** Everything a decision about users needs, as one moment sees it: of one user, or of thousands in two statements. */
import type { SubscriptionFacts } from '@hangar/core'
import { sql } from 'kysely'
import type { AppRow } from './apps.ts'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'
import type { OverrideDesired } from './schema.ts'
import type { WantRow } from './wants.ts'

export type UserFacts = SubscriptionFacts & {
  userId: string
  app: AppRow | null
  hasLiveApp: boolean
  want: WantRow | null
  /** A worker has yet to do something for the user. */
  pending: boolean
  /** Whether anything, the host's tables or ours, has ever heard of this user. */
  known: boolean
}

type FactsRow = {
  userId: string
  hasHostRow: boolean
  hasProfile: boolean
  tier: string | null
  status: string | null
  desired: OverrideDesired | null
  guest: NonNullable<SubscriptionFacts['override']>['guest']
  region: string | null
  doneVersion: number | null
} & ({ wantedVersion: number; updatedAt: Date } | { wantedVersion: null; updatedAt: null }) &
  Pick<WantRow, 'source' | 'enrolledAt' | 'hostRowSeenAt' | 'hostRowDeletedAt'>

export async function readFacts(db: Database | Tx, userId: string): Promise<UserFacts> {
  return onlyRow(await listFacts(db, [userId]))
}

/** In the order given, one for each. */
export async function listFacts(db: Database | Tx, userIds: readonly string[]): Promise<UserFacts[]> {
  const ids = [...userIds]
  const { rows } = await sql<FactsRow>`
    select who.user_id, host.user_id is not null as has_host_row, host.tier, host.status,
      exists (select from hangar.host_users where user_id = who.user_id) as has_profile,
      want.wanted_version, want.source, want.enrolled_at, want.host_row_seen_at, want.host_row_deleted_at,
      want.updated_at, work.done_version, override.desired, override.guest, override.region
    from unnest(${ids}::uuid[]) with ordinality as who (user_id, place)
    left join hangar.host_subscriptions host on host.user_id = who.user_id
    left join hangar.user_wants want on want.user_id = who.user_id
    left join hangar.user_work work on work.user_id = who.user_id
    left join hangar.user_overrides override on override.user_id = who.user_id and override.ended_at is null
      and (override.expires_at is null or override.expires_at > hangar.now())
    order by who.place`.execute(db)
  const apps = await db
    .selectFrom('userFlyApps')
    .selectAll()
    .where(sql<boolean>`user_id = any (${ids}::uuid[])`)
    .where('deletedAt', 'is', null)
    .execute()
  const appOf = new Map(apps.map((app) => [app.userId, app]))
  return rows.map((row) => toFacts(row, appOf.get(row.userId) ?? null))
}

/** As the host has them; whoever has no profile is left out. */
export async function listEmails(
  db: Database | Tx,
  userIds: readonly string[],
): Promise<Map<string, string | null>> {
  const { rows } = await sql<{ userId: string; email: string | null }>`
    select user_id, email from hangar.host_users where user_id = any (${[...userIds]}::uuid[])`.execute(db)
  return new Map(rows.map(({ userId, email }) => [userId, email]))
}

function toFacts(row: FactsRow, app: AppRow | null): UserFacts {
  const { userId, desired, guest, region, source, enrolledAt, hostRowSeenAt, hostRowDeletedAt } = row
  const want =
    row.wantedVersion === null
      ? null
      : {
          userId,
          wantedVersion: row.wantedVersion,
          source,
          enrolledAt,
          hostRowSeenAt,
          hostRowDeletedAt,
          updatedAt: row.updatedAt,
        }
  return {
    userId,
    subscription: row.hasHostRow ? { tier: row.tier, status: row.status } : null,
    hostRowSeenAt,
    hostRowDeletedAt,
    override: desired && { desired, guest, region },
    app,
    hasLiveApp: app !== null,
    want,
    pending: (row.wantedVersion ?? 0) > (row.doneVersion ?? 0),
    known: row.hasHostRow || row.hasProfile || app !== null || want !== null,
  }
}
