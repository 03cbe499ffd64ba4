/** The safety net: enrolled users at rest whose live row is not what their subscription says. */
import type { Policy } from '@hangar/core'
import { sql, type RawBuilder } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { LanePolicy } from './wants.ts'

/**
 *   missing       entitled, and there is no live row
 *   not_active    entitled, and the live row is not active
 *   wrong_size    entitled, and the active app has another size than the tier's (only where `guests` are given)
 *   tier_resized  the same, of an app that was made for that very tier: the tier is what has changed
 *   unexpected    not entitled, and there is a live row
 */
export type DifferenceKind = 'missing' | 'not_active' | 'wrong_size' | 'tier_resized' | 'unexpected'
export type Difference = { userId: string; kind: DifferenceKind }

export type SweepPage = EntitlementPolicy &
  Partial<Pick<Policy, 'guests'>> & { limit: number; afterUserId?: string }

/** What decides, in SQL, whether a user is entitled. Without `endedStatuses`, any status that does not pay has ended. */
export type EntitlementPolicy = LanePolicy & Partial<Pick<Policy, 'endedStatuses'>>

/**
 * `entitlementOf` in SQL: `on`, `off`, `paused`, or null where it is unknown. For a query that calls user_wants `want`,
 * the host's rows `host`, and the override in force `override`.
 */
export function desiredState({
  paidTiers,
  payingStatuses,
  endedStatuses,
}: EntitlementPolicy): RawBuilder<unknown> {
  const ended = endedStatuses ? sql`lower(host.status) = any (${[...endedStatuses]}::text[])` : sql`true`
  return sql`case
      when override.desired is not null then override.desired
      when host.user_id is null then
        case when want.host_row_seen_at is null or want.host_row_deleted_at is not null then 'off' end
      when not coalesce(lower(host.tier) = any (${[...paidTiers]}::text[]), false) then 'off'
      when host.status is null or lower(host.status) = any (${[...payingStatuses]}::text[]) then 'on'
      when ${ended} then 'off'
    end`
}

/**
 * A page of differences in order of user id. Left out are users with work to do already (raising their want again
 * would begin their count of failures anew), paused ones, and those whose entitlement is unknown: no row where
 * there was one, or a status on neither list.
 */
export async function listDifferences(db: Database | Tx, page: SweepPage): Promise<Difference[]> {
  const { limit, afterUserId } = page
  const after = afterUserId === undefined ? sql`` : sql`and want.user_id > ${afterUserId}`
  const { rows } = await sql<Difference>`
    with desired as (
      select want.user_id, override.id is null as by_tier, lower(host.tier) as tier,
        ${desiredState(page)} as state
      from hangar.user_wants want
      left join hangar.user_work work using (user_id)
      left join hangar.host_subscriptions host using (user_id)
      left join hangar.user_overrides override on override.user_id = want.user_id and override.ended_at is null
        and (override.expires_at is null or override.expires_at > hangar.now())
      where want.enrolled_at is not null and want.wanted_version <= coalesce(work.done_version, 0)
        and (work.lease_expires_at is null or work.lease_expires_at <= hangar.now()) ${after}
    ), difference as (
      select desired.user_id, case
          when state = 'on' and app.id is null then 'missing'
          when state = 'on' and app.status <> 'active' then 'not_active'
          when state = 'on' and by_tier and guest.size is not null and guest.size is distinct from
            jsonb_build_object('cpuKind', app.cpu_kind, 'cpus', app.cpus, 'memoryMb', app.memory_mb)
            then case when app.tier = desired.tier then 'tier_resized' else 'wrong_size' end
          when state = 'off' and app.id is not null then 'unexpected'
        end as kind
      from desired
      left join public.user_fly_apps app on app.user_id = desired.user_id and app.deleted_at is null
      left join jsonb_each(${JSON.stringify(page.guests ?? {})}::jsonb) as guest (tier, size)
        on guest.tier = desired.tier
    )
    select user_id, kind from difference where kind is not null order by user_id limit ${limit}`.execute(db)
  return rows
}
