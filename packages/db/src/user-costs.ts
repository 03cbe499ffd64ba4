/** What each user and each app cost in a month: for pages that somebody sorts, and for files as long as the fleet. */
import type { AppStatus } from '@hangar/core'
import { type RawBuilder, sql } from 'kysely'
import { monthEnd, monthStart, usd6 } from './cost-reports.ts'
import { monthSpan } from './cost-span.ts'
import type { Database, Tx } from './database.ts'

/** USD a month that a user of each tier pays, as decimal text; a tier that is not named pays nothing. */
export type TierRevenue = Readonly<Record<string, string>>

export const USER_COST_SORTS = ['month', 'forecast', 'margin', 'user'] as const
export type UserCostSort = (typeof USER_COST_SORTS)[number]

export type UserCost = {
  userId: string
  email: string | null
  /** What the last interval that began in the month, or before it, began with: what was paid for then. */
  tier: string
  /** Of the live app, else of the last one. */
  flyAppName: string
  status: AppStatus
  /** Apps that cost something in the month, one after the other. */
  apps: number
  monthUsd: string
  forecastUsd: string
  /** Of all months. */
  totalUsd: string
  /** What a user with an app (now, or at the month's end) brings in the month; null where no revenue is configured. */
  revenueUsd: string | null
  marginUsd: string | null
  /** What the page is sorted by, unrounded. */
  sortValue: string
}

export type UserCostPage = {
  /** `YYYY-MM` */
  month: string
  /** As known then. The pages of one list are about one moment, so that nobody moves from page to page meanwhile. */
  at: Date
  sort: UserCostSort
  descending: boolean
  limit: number
  after?: { sortValue: string; userId: string } | undefined
  revenue?: TierRevenue | undefined
}

const SORT_BY: Record<UserCostSort, RawBuilder<unknown>> = {
  month: sql`month_usd`,
  forecast: sql`forecast_usd`,
  // Without a revenue every margin is what the user costs.
  margin: sql`coalesce(margin_usd, -forecast_usd)`,
  user: sql`0`,
}

/** A part `user_cost`: one row for each user whose apps cost something in the month, or who has an app in it. */
export function userCosts(month: string, at: Date, revenue: TierRevenue | undefined): RawBuilder<unknown> {
  const span = monthSpan(month)
  const [begins, ends] = [monthStart(span), monthEnd(span)]
  const moment = sql`${at}::timestamptz`
  const paid =
    revenue === undefined
      ? sql`null::numeric`
      : sql`coalesce((${JSON.stringify(revenue)}::jsonb ->> spent.tier)::numeric, 0)`
  return sql`
    spent as (
      select user_id, count(distinct user_fly_app_id) as apps,
        (array_agg(tier order by started_at desc, id desc))[1] as tier,
        sum(usd_per_second * extract(epoch from least(ended_at, ${ends}, ${moment}) - greatest(started_at, ${begins}))) as month_usd,
        sum(usd_per_second) filter (where ended_at is null or ended_at > ${moment}) as usd_per_second
      from hangar.cost_intervals
      where started_at < least(${ends}, ${moment}) and (ended_at > ${begins} or ended_at is null)
      group by user_id),
    latest as (
      select distinct on (user_id) user_id, fly_app_name, status,
        deleted_at is null or deleted_at > least(${ends}, ${moment}) as has_app
      from public.user_fly_apps where created_at < ${ends} order by user_id, generation desc),
    priced as (
      select spent.*, app.fly_app_name, app.status,
        month_usd + coalesce(usd_per_second, 0) * greatest(0, extract(epoch from ${ends} - ${moment})) as forecast_usd,
        app.has_app, case when app.has_app then ${paid} else ${paid} * 0 end as revenue_usd
      from spent join latest app using (user_id)),
    user_cost as (select priced.*, revenue_usd - forecast_usd as margin_usd from priced)`
}

/** One page of users, sorted. */
export async function listUserCosts(db: Database | Tx, page: UserCostPage): Promise<UserCost[]> {
  const { month, at, sort, descending, limit, after, revenue } = page
  const direction = descending ? sql`desc` : sql`asc`
  const isAfter = descending ? sql`<` : sql`>`
  const rest = after
    ? sql`where (sort_value, user_id) ${isAfter} (${after.sortValue}::numeric, ${after.userId}::uuid)`
    : sql``
  const { rows } = await sql<UserCost>`
    with ${userCosts(month, at, revenue)},
      sorted as (select user_cost.*, ${SORT_BY[sort]} as sort_value from user_cost),
      page as (select * from sorted ${rest} order by sort_value ${direction}, user_id ${direction} limit ${limit})
    select page.user_id, host.email, tier, fly_app_name, status, apps, ${usd6(sql`month_usd`)} as month_usd,
      ${usd6(sql`forecast_usd`)} as forecast_usd, ${usd6(sql`total.usd`)} as total_usd, round(revenue_usd, 2) as revenue_usd,
      ${usd6(sql`margin_usd`)} as margin_usd, sort_value::text as sort_value
    from page
    left join hangar.host_users host on host.user_id = page.user_id
    cross join lateral (
      select sum(part.usd_per_second * extract(epoch from least(part.ended_at, ${at}::timestamptz) - part.started_at)) as usd
      from public.user_fly_apps app join hangar.cost_intervals part on part.user_fly_app_id = app.id
      where app.user_id = page.user_id and part.started_at < ${at}) total
    order by page.sort_value ${direction}, page.user_id ${direction}`.execute(db)
  return rows
}

export type TierMargin = {
  tier: string
  /** With an app now, or at the month's end. */
  users: number
  revenueUsd: string | null
  /** The month so far and until its end, with those who had an app of this tier last in it. */
  costUsd: string
  marginUsd: string | null
}

/** Revenue, cost and margin of the month, by the tier that each user had last in it. */
export async function sumMargins(
  db: Database | Tx,
  { month, at, revenue }: { month: string; at: Date; revenue?: TierRevenue | undefined },
): Promise<{ total: Omit<TierMargin, 'tier'>; tiers: TierMargin[] }> {
  const { rows } = await sql<Omit<TierMargin, 'tier'> & { tier: string | null }>`
    with ${userCosts(month, at, revenue)}
    select tier, count(*) filter (where has_app) as users, round(sum(revenue_usd), 2) as revenue_usd,
      ${usd6(sql`coalesce(sum(forecast_usd), 0)`)} as cost_usd, ${usd6(sql`sum(margin_usd)`)} as margin_usd
    from user_cost group by grouping sets ((tier), ()) order by tier`.execute(db)
  const tiers = rows.flatMap(({ tier, ...sums }) => (tier === null ? [] : [{ tier, ...sums }]))
  const { users, revenueUsd, costUsd, marginUsd } = rows.find(({ tier }) => tier === null) ?? NOTHING_YET
  return { total: { users, revenueUsd, costUsd, marginUsd }, tiers }
}

const NOTHING_YET = { users: 0, revenueUsd: null, costUsd: '0.000000', marginUsd: null }

export type AppCost = {
  id: string
  userId: string
  email: string | null
  flyAppName: string
  generation: number
  status: AppStatus
  tier: string
  region: string
  cpuKind: string
  cpus: number
  memoryMb: number
  priceModels: string
  monthUsd: string
  totalUsd: string
  monthlyCostEstimateUsd: string | null
  createdAt: Date
  deletedAt: Date | null
}

const APPS_AT_ONCE = 500

/**
 * Every app that cost something in the month, a page at a time: however many there are, few are held in memory. A month
 * that is over is told as it ended: tier, region and size are those that its last interval began with.
 */
export async function* eachAppCost(
  db: Database,
  { month, at }: { month: string; at: Date },
): AsyncGenerator<AppCost[]> {
  const span = monthSpan(month)
  let afterId = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await sql<AppCost>`
      with app as (
        select * from public.user_fly_apps
        where id > ${afterId}::uuid and created_at < ${monthEnd(span)}
          and (deleted_at is null or deleted_at > ${monthStart(span)})
        order by id limit ${APPS_AT_ONCE})
      select app.id, app.user_id, host.email, fly_app_name, generation, ${statusAt(monthEnd(span), at)} as status,
        coalesce(was.tier, app.tier) as tier, coalesce(was.region, app.region) as region,
        coalesce(was.cpu_kind, app.cpu_kind) as cpu_kind, coalesce(was.cpus, app.cpus) as cpus,
        coalesce(was.memory_mb, app.memory_mb) as memory_mb,
        coalesce(cost.price_models, '') as price_models, ${usd6(sql`coalesce(cost.month, 0)`)} as month_usd,
        ${usd6(sql`coalesce(cost.total, 0)`)} as total_usd, monthly_cost_estimate_usd, created_at, deleted_at
      from app left join hangar.host_users host on host.user_id = app.user_id
      left join lateral (
        select part.*, part.ended_at is null or part.ended_at > ${monthEnd(span)} as at_end
        from hangar.cost_intervals part
        where part.user_fly_app_id = app.id and part.started_at < least(${monthEnd(span)}, ${at}::timestamptz)
        order by part.started_at desc, part.id desc limit 1) was on true
      cross join lateral (
        select string_agg(distinct price_model, ' ') as price_models,
          sum(usd_per_second * greatest(0, extract(epoch from least(ended_at, ${monthEnd(span)}, ${at}::timestamptz)
            - greatest(started_at, ${monthStart(span)})))) as month,
          sum(usd_per_second * extract(epoch from least(ended_at, ${at}::timestamptz) - started_at)) as total
        from hangar.cost_intervals part where part.user_fly_app_id = app.id and started_at < ${at}) cost
      order by app.id`.execute(db)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < APPS_AT_ONCE) return
    afterId = last.id
  }
}

/** Of an `app` whose last interval by then is `was`: its status at the end of a month, as far as it was written down. */
function statusAt(ends: RawBuilder<unknown>, at: Date): RawBuilder<AppStatus> {
  return sql<AppStatus>`case
    when ${ends} > ${at}::timestamptz or app.deleted_at <= ${ends} then app.status
    when app.teardown_started_at <= ${ends} then 'deprovisioning'
    when was.at_end and was.state = 'running' then 'active'
    when app.deleted_at is null then app.status
    when app.deployed_at <= ${ends} then 'active'
    else 'provisioning' end`
}
