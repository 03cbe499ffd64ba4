/** Apps as the admin's page lists them: filtered, sorted, page by page, counted. */
import { type RawBuilder, sql } from 'kysely'
import {
  aboutApp,
  type AppFilter,
  type Attention,
  attentionOf,
  conditionsOf,
  liveness,
  UUID,
} from './app-filter.ts'
import type { AppRow } from './apps.ts'
import type { Database, Tx } from './database.ts'
import { PLANNED_ANEW } from './prepared.ts'
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

const plannedAnew = sql.raw(PLANNED_ANEW)

/** One page. Those that are equal in what is sorted by are in the order of their ids. */
export async function listApps(db: Database | Tx, page: AppPage): Promise<ListedApp[]> {
  const { by, type } = SORTS[page.sort]
  const direction = page.descending ? sql`desc` : sql`asc`
  const host =
    page.sort === 'email' ? sql`left join hangar.host_users host on host.user_id = app.user_id` : sql``
  const about = page.attention ? aboutApp : sql``
  const { rows } = await sql<ListedApp>`${plannedAnew}
    with page as (
      select app.id, ${by} as sort_value from public.user_fly_apps app ${host} ${about}
      where ${sql.join(wheresOf(page), sql` and `)} ${restOf(page)}
      order by ${by} ${direction}, app.id ${direction} limit ${page.limit})
    select app.*, host.email, override.desired as override_desired, override.expires_at as override_expires_at,
      ${attentionOf} as attention, coalesce(want.wanted_version, 0) as wanted_version,
      coalesce(work.done_version, 0) as done_version, work.next_attempt_at, work.parked_reason,
      page.sort_value::${sql.raw(type)}::text as sort_value
    from page
    join public.user_fly_apps app on app.id = page.id
    left join hangar.host_users host on host.user_id = app.user_id
    ${aboutApp}
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

type Kind = Pick<AppRow, 'status' | 'healthStatus' | 'tier' | 'region'> & { attention: Attention[] }
type Part = Exclude<keyof AppFilter, 'q'>
const PARTS: readonly Part[] = ['status', 'health', 'tier', 'region', 'attention']

/**
 * How many there are of each kind. Each breakdown passes over the filter's own part on it: it says how many there would be
 * if that were chosen. However many apps there are, of kinds there are few: those are what is told apart here.
 */
export async function countListedApps(db: Database | Tx, filter: AppFilter): Promise<AppCounts> {
  const { rows: kinds } = await sql<Kind & { count: number }>`${plannedAnew}
    with app as (
      select app.status, app.health_status, app.tier, app.region, ${attentionOf} as attention
      from public.user_fly_apps app ${aboutApp} where ${liveness(filter)} and ${conditionsOf(filter).q})
    select app.*, count(*) as count from app group by status, health_status, tier, region, attention`.execute(
    db,
  )
  const counts: AppCounts = {
    total: 0,
    byStatus: {},
    byHealth: {},
    byTier: {},
    byRegion: {},
    byAttention: {},
  }
  const add = (sums: Record<string, number>, name: string, count: number) => {
    sums[name] = (sums[name] ?? 0) + count
  }
  for (const { count, ...kind } of kinds) {
    const failed = PARTS.filter((part) => !passes(kind, part, filter))
    const isSeenBy = (part: Part) => failed.every((one) => one === part)
    if (failed.length === 0) counts.total += count
    if (isSeenBy('status')) add(counts.byStatus, kind.status, count)
    if (isSeenBy('health')) add(counts.byHealth, kind.healthStatus, count)
    if (isSeenBy('tier')) add(counts.byTier, kind.tier, count)
    if (isSeenBy('region')) add(counts.byRegion, kind.region, count)
    if (isSeenBy('attention')) for (const need of kind.attention) add(counts.byAttention, need, count)
  }
  return counts
}

function passes(kind: Kind, part: Part, filter: AppFilter): boolean {
  const chosen: readonly string[] | undefined = filter[part]
  if (!chosen) return true
  if (part === 'attention') return kind.attention.some((need) => chosen.includes(need))
  return chosen.includes(part === 'health' ? kind.healthStatus : kind[part])
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
  const { rows } = await sql<ListedUser>`${plannedAnew}
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
