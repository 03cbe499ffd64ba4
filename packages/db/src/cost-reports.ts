/**
 * What the apps cost: totals, forecast and savings. Each function is one statement over what is known at one moment, `at`,
 * so that several of them tell one story. Money is decimal text with six places, rounded once, at the end.
 */
import { type CostState, type CpuKind, SECONDS_PER_MONTH } from '@hangar/core'
import { type RawBuilder, sql } from 'kysely'
import { closedUntil, pieces } from './cost-days.ts'
import { type DaySpan, dayOf, monthOf, monthSpan } from './cost-span.ts'
import type { Database, Tx } from './database.ts'
import { readDatabaseTime } from './now.ts'
import { PLANNED_ANEW } from './prepared.ts'
import { onlyRow } from './rows.ts'

type Machine = { region: string; cpuKind: CpuKind; cpus: number; memoryMb: number; state: CostState }

export type CostSums = {
  usd: string
  /** Days that cost nothing are left out; the same holds for the other lists. */
  days: { day: string; usd: string }[]
  tiers: { tier: string; usd: string }[]
  machines: (Machine & { hours: string; usd: string })[]
  /** What the figures were priced with, as the ledger names it; several where it was changed meanwhile. */
  priceModels: { priceModel: string; usd: string }[]
}

type SumRow = Machine & {
  day: string | null
  tier: string | null
  priceModel: string | null
  hours: string
  usd: string
}

export const usd6 = (amount: RawBuilder<unknown>) => sql<string>`round(${amount}, 6)`

/** What the days of the span cost until `at`, in every way it is looked at. At most a year of days. */
export async function sumCosts(db: Database | Tx, span: DaySpan, at: Date): Promise<CostSums> {
  const { rows } = await sql<SumRow>`
    with ${pieces(span, at)}
    select day::text, tier, region, cpu_kind, cpus, memory_mb, state, price_model,
      round(coalesce(sum(seconds), 0) / 3600, 2) as hours, ${usd6(sql`coalesce(sum(usd), 0)`)} as usd
    from piece
    group by grouping sets ((day), (tier), (region, cpu_kind, cpus, memory_mb, state), (price_model), ())
    order by piece.day, tier, region, cpu_kind, cpus, memory_mb, state, price_model`.execute(db)
  const has = (field: keyof SumRow) => rows.filter((row) => row[field] !== null)
  const total = rows.find(({ day, tier, region, priceModel }) => !day && !tier && !region && !priceModel)
  return {
    usd: total?.usd ?? '0.000000',
    days: has('day').map(({ day, usd }) => ({ day: day ?? '', usd })),
    tiers: has('tier').map(({ tier, usd }) => ({ tier: tier ?? '', usd })),
    machines: has('region').map((row) => machineSum(row)),
    priceModels: has('priceModel').map(({ priceModel, usd }) => ({ priceModel: priceModel ?? '', usd })),
  }
}

function machineSum({ region, cpuKind, cpus, memoryMb, state, hours, usd }: SumRow) {
  return { region, cpuKind, cpus, memoryMb, state, hours, usd }
}

export type CostTotals = {
  at: Date
  /** `YYYY-MM`, in UTC. */
  month: string
  todayUsd: string
  monthUsd: string
  /** The month so far, and what exists now at its price until the month ends. */
  forecastUsd: string
  /** What exists now, for a month of 30 days. */
  monthlyRateUsd: string
  running: number
  stored: number
}

/** The few figures that are watched. */
export async function readCostTotals(db: Database | Tx, at?: Date): Promise<CostTotals> {
  const moment = at ?? (await readDatabaseTime(db))
  const month = monthOf(moment)
  const span = monthSpan(month)
  // Of a ledger that grows for ever, a plan for any moment would read all.
  const { rows } = await sql<Omit<CostTotals, 'at' | 'month'>>`${sql.raw(PLANNED_ANEW)}
    with ${closedUntil(span, moment)},
      part as (
        select usd_per_second, state, ended_at is null or ended_at > ${moment} as is_open,
          greatest(0, extract(epoch from least(ended_at, ${moment}) - greatest(started_at, closed.until))) as seconds,
          greatest(0, extract(epoch from least(ended_at, ${moment}) - greatest(started_at, ${dayStart(dayOf(moment))}))) as seconds_today
        from closed, hangar.cost_intervals
        where started_at <= ${moment} and (ended_at is null or ended_at > least(closed.until, ${dayStart(dayOf(moment))}))),
      rate as (
        select coalesce(sum(usd_per_second) filter (where is_open), 0) as usd_per_second,
          count(*) filter (where is_open and state = 'running') as running,
          count(*) filter (where is_open and state = 'stored') as stored,
          coalesce(sum(usd_per_second * seconds), 0) as month, coalesce(sum(usd_per_second * seconds_today), 0) as today
        from part),
      spent as (select rate.month + closed.usd as month, rate.today from rate, closed)
    select ${usd6(sql`spent.today`)} as today_usd, ${usd6(sql`spent.month`)} as month_usd,
      ${usd6(sql`spent.month + rate.usd_per_second * extract(epoch from ${monthEnd(span)} - ${moment}::timestamptz)`)} as forecast_usd,
      ${usd6(sql`rate.usd_per_second * ${SECONDS_PER_MONTH}::int`)} as monthly_rate_usd, rate.running, rate.stored
    from spent, rate`.execute(db)
  return { at: moment, month, ...onlyRow(rows) }
}

const dayStart = (day: string) => sql`${day}::timestamp at time zone 'UTC'`

/** The first moment that is not in the span any more. */
export function monthEnd({ to }: DaySpan): RawBuilder<unknown> {
  return sql`${to}::timestamp at time zone 'UTC'`
}

export function monthStart({ from }: DaySpan): RawBuilder<unknown> {
  return sql`${from}::timestamp at time zone 'UTC'`
}

export const SAVINGS_RULE =
  "an estimate: each app that was deprovisioned would have gone on at its last monthly price, from its deletion until its user's next app, or until now"

export type Savings = { monthUsd: string; totalUsd: string; apps: number }

/**
 * What deprovisioning has saved: see SAVINGS_RULE. Left out are apps that never came up, those that were gone by
 * themselves, and those that an operator abandoned, which may still cost.
 */
export async function estimateSavings(db: Database | Tx, month: DaySpan, at: Date): Promise<Savings> {
  const { rows } = await sql<Savings>`
    with generation as (
      select app.*, lead(created_at) over (partition by user_id order by generation) as next_at
      from public.user_fly_apps app),
    ended as (
      select deleted_at, least(next_at, ${at}::timestamptz) as until,
        coalesce(monthly_cost_estimate_usd, 0) / ${SECONDS_PER_MONTH}::int as usd_per_second
      from generation
      where deleted_at < ${at} and teardown_started_at is not null and deployed_at is not null and not exists (
        select from hangar.forced_actions forced
        where forced.user_fly_app_id = generation.id and forced.action = 'abandon')),
    saved as (
      select usd_per_second * extract(epoch from until - deleted_at) as total,
        usd_per_second * greatest(0, extract(epoch from least(until, ${monthEnd(month)})
          - greatest(deleted_at, ${monthStart(month)}))) as month
      from ended where until > deleted_at)
    select ${usd6(sql`coalesce(sum(month), 0)`)} as month_usd, ${usd6(sql`coalesce(sum(total), 0)`)} as total_usd,
      count(*) as apps
    from saved`.execute(db)
  return onlyRow(rows)
}
