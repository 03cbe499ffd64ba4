/** Apps as the admin's page lists them: filtered, sorted, page by page, counted. */
import { type RawBuilder, sql } from 'kysely'
import {
  attentionOf,
  type AppFilter,
  type Attention,
  conditionsOf,
  inForce,
  liveness,
  UUID,
} from './app-filter.ts'
import type { AppRow } from './apps.ts'
import type { Database, Tx } from './database.ts'
import type { OverrideDesired } from './schema.ts'

/** What a list can be sorted by: the value, and the type it is compared as. */
const SORTS = {
  id: { by: sql`app.id`, type: 'uuid' },
  created_at: { by: sql`app.created_at`, type: 'timestamptz' },
  updated_at: { by: sql`app.updated_at`, type: 'timestamptz' },
  email: { by: sql`lower(coalesce(host.email, '')) collate "C"`, type: 'text' },
  name: { by: sql`app.fly_app_name collate "C"`, type: 'text' },
  status: { by: sql`app.status collate "C"`, type: 'text' },
  health: { by: sql`app.health_status collate "C"`, type: 'text' },
  tier: { by: sql`app.tier collate "C"`, type: 'text' },
  region: { by: sql`app.region collate "C"`, type: 'text' },
  cost: { by: sql`coalesce(app.monthly_cost_estimate_usd, 0)`, type: 'numeric' },
} as const satisfies Record<string, { by: RawBuilder<unknown>; type: SortType }>

export type SortType = 'uuid' | 'timestamptz' | 'text' | 'numeric'
export type AppSort = keyof typeof SORTS
export const APP_SORTS = Object.keys(SORTS) as readonly AppSort[]

/** What the values of a sort are compared as: whoever gets one back from outside has to look whether it is one. */
export function sortTypeOf(sort: AppSort): SortType {
  return SORTS[sort].type
}

export type ListedApp = AppRow & {
  email: string | null
  overrideDesired: OverrideDesired | null
  overrideExpiresAt: Date | null
  attention: Attention[]
  wantedVersion: number
  doneVersion: number
  nextAttemptAt: Date | null
  parkedReason: string | null
  /** What the list is sorted by, exactly. */
  sortValue: string
}

export type AppPage = AppFilter & {
  sort: AppSort
  descending: boolean
  limit: number
  after?: { sortValue: string; id: string } | undefined
}

/** One page. Those that are equal in what is sorted by are in the order of their ids. */
export async function listApps(db: Database | Tx, page: AppPage): Promise<ListedApp[]> {
  const { by, type } = SORTS[page.sort]
  const direction = page.descending ? sql`desc` : sql`asc`
  const host =
    page.sort === 'email' ? sql`left join hangar.host_users host on host.user_id = app.user_id` : sql``
  const { rows } = await sql<ListedApp>`
    with page as (
      select app.id, ${by} as sort_value from public.user_fly_apps app ${host}
      where ${sql.join(wheresOf(page), sql` and `)} ${restOf(page)}
      order by ${by} ${direction}, app.id ${direction} limit ${page.limit})
    select app.*, host.email, override.desired as override_desired, override.expires_at as override_expires_at,
      ${attentionOf} as attention, coalesce(want.wanted_version, 0) as wanted_version,
      coalesce(work.done_version, 0) as done_version, work.next_attempt_at, work.parked_reason,
      page.sort_value::${sql.raw(type)}::text as sort_value
    from page
    join public.user_fly_apps app on app.id = page.id
    left join hangar.host_users host on host.user_id = app.user_id
    left join hangar.user_overrides override on override.user_id = app.user_id and app.deleted_at is null and ${inForce}
    left join hangar.user_wants want on want.user_id = app.user_id
    left join hangar.user_work work on work.user_id = app.user_id
    order by page.sort_value ${direction}, page.id ${direction}`.execute(db)
  return rows
}

/** From a page's end on. */
function restOf({ sort, descending, after }: AppPage): RawBuilder<unknown> {
  if (!after) return sql``
  const { by, type } = SORTS[sort]
  const isAfter = descending ? sql`<` : sql`>`
  if (sort === 'id') return sql`and app.id ${isAfter} ${after.id}::uuid`
  return sql`and (${by}, app.id) ${isAfter} (${after.sortValue}::${sql.raw(type)}, ${after.id}::uuid)`
}

function wheresOf(filter: AppFilter): RawBuilder<boolean>[] {
  return [liveness(filter), ...Object.values(conditionsOf(filter))]
}

export type AppCounts = {
  /** Those that the whole filter lets pass. */
  total: number
  byStatus: Record<string, number>
  byHealth: Record<string, number>
  byTier: Record<string, number>
  byRegion: Record<string, number>
  byAttention: Record<string, number>
}

/**
 * How many there are of each kind. Each breakdown passes over the filter's own part on it: it says how many there would be
 * if that were chosen.
 */
export async function countListedApps(db: Database | Tx, filter: AppFilter): Promise<AppCounts> {
  const is = conditionsOf(filter)
  const { rows } = await sql<{ part: keyof AppCounts; value: string; count: number }>`
    with app as materialized (
      select app.status, app.health_status, app.tier, app.region, ${attentionOf} as attention, ${is.status} as is_status,
        ${is.health} as is_health, ${is.tier} as is_tier, ${is.region} as is_region, ${is.attention} as is_attention
      from public.user_fly_apps app where ${liveness(filter)} and ${is.q})
    select 'total' as part, '' as value, count(*) as count
      from app where is_status and is_health and is_tier and is_region and is_attention
    union all select 'byStatus', status, count(*)
      from app where is_health and is_tier and is_region and is_attention group by status
    union all select 'byHealth', health_status, count(*)
      from app where is_status and is_tier and is_region and is_attention group by health_status
    union all select 'byTier', tier, count(*)
      from app where is_status and is_health and is_region and is_attention group by tier
    union all select 'byRegion', region, count(*)
      from app where is_status and is_health and is_tier and is_attention group by region
    union all select 'byAttention', need, count(*)
      from app cross join unnest(attention) need where is_status and is_health and is_tier and is_region group by need`.execute(
    db,
  )
  const of = (part: keyof AppCounts) =>
    Object.fromEntries(rows.filter((row) => row.part === part).map(({ value, count }) => [value, count]))
  return {
    total: rows.find(({ part }) => part === 'total')?.count ?? 0,
    byStatus: of('byStatus'),
    byHealth: of('byHealth'),
    byTier: of('byTier'),
    byRegion: of('byRegion'),
    byAttention: of('byAttention'),
  }
}

const APPS_AT_ONCE = 500

/** All that the filter lets pass, a page at a time: however many there are, few are held in memory. */
export async function* eachListedApp(
  db: Database,
  list: Omit<AppPage, 'limit' | 'after'>,
): AsyncGenerator<ListedApp[]> {
  let after: AppPage['after']
  for (;;) {
    const apps = await listApps(db, { ...list, limit: APPS_AT_ONCE, after })
    if (apps.length > 0) yield apps
    const last = apps.at(-1)
    if (!last || apps.length < APPS_AT_ONCE) return
    after = { sortValue: last.sortValue, id: last.id }
  }
}

export type ListedUser = {
  userId: string
  email: string | null
  tier: string | null
  subscriptionStatus: string | null
  appId: string | null
  appStatus: AppRow['status'] | null
  flyAppName: string | null
}

export type UserPage = {
  q?: string | undefined
  tier?: readonly string[] | undefined
  hasApp?: boolean | undefined
  limit: number
  afterUserId?: string | undefined
}

/** The product's users, with an app or without, in the order of their ids. */
export async function listUsers(db: Database | Tx, page: UserPage): Promise<ListedUser[]> {
  const { q, tier, hasApp, limit, afterUserId } = page
  const text = q?.toLowerCase() ?? ''
  const { rows } = await sql<ListedUser>`
    select host.user_id, host.email, subscription.tier, subscription.status as subscription_status, app.id as app_id,
      app.status as app_status, app.fly_app_name
    from hangar.host_users host
    left join hangar.host_subscriptions subscription on subscription.user_id = host.user_id
    left join public.user_fly_apps app on app.user_id = host.user_id and app.deleted_at is null
    where ${text === '' ? sql`true` : matchesUser(text)}
      and ${tier ? sql`lower(subscription.tier) = any (${tier.map((one) => one.toLowerCase())}::text[])` : sql`true`}
      and ${hasApp === undefined ? sql`true` : hasApp ? sql`app.id is not null` : sql`app.id is null`}
      and ${afterUserId === undefined ? sql`true` : sql`host.user_id > ${afterUserId}::uuid`}
    order by host.user_id limit ${limit}`.execute(db)
  return rows
}

function matchesUser(text: string): RawBuilder<boolean> {
  if (UUID.test(text)) return sql`host.user_id = ${text}::uuid`
  return sql`(strpos(lower(host.email), ${text}) > 0 or starts_with(host.user_id::text, ${text})
    or strpos(app.fly_app_name, ${text}) > 0)`
}
