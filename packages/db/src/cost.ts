/**
 * `hangar.cost_intervals`: from when to when an app cost how much a second. Money stays text: it is never rounded here.
 *
 *   none ─ its machine exists ─▶ stored ◀──▶ running ─ its machine is gone ─▶ none
 *
 * While the app's own machine exists, exactly one interval is open. Whatever the price depends on (state, size, region,
 * tier, price model) is as it was when the interval began: a change ends one and begins the next at the same moment.
 */
import type { CostState } from '@hangar/core'
import { type RawBuilder, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

/** What an app costs from now on; size, region and tier are those of its row. */
export type IntervalPrice = {
  state: CostState
  priceModel: string
  /** Decimal text, as `(0.0000023).toFixed(12)`. */
  usdPerSecond: string
}

/** What a data-changing part of a statement answers; nobody reads it. */
export type Done = Record<string, unknown>
export const NOTHING = sql<Done>`(select 1 as nothing)`

/**
 * For a statement with a part `app` (rows of user_fly_apps): ends the app's open interval, unless `next` is the same
 * again. To be called `ledger_end`.
 */
export function endInterval(next: IntervalPrice | null): RawBuilder<Done> {
  const unlessSame = next === null ? sql`` : sql`and not ${isSame(next)}`
  return sql<Done>`(
    update hangar.cost_intervals part set ended_at = greatest(part.started_at, hangar.now())
    from app where part.user_fly_app_id = app.id and part.ended_at is null ${unlessSame}
    returning part.user_fly_app_id, part.ended_at)`
}

/** The same statement's next part: begins `next` where `ledger_end` ended one, or where none was open. */
export function beginInterval(next: IntervalPrice): RawBuilder<Done> {
  return sql<Done>`(
    insert into hangar.cost_intervals (user_fly_app_id, user_id, tier, region, cpu_kind, cpus, memory_mb, state,
      price_model, usd_per_second, started_at)
    select app.id, app.user_id, app.tier, app.region, app.cpu_kind, app.cpus, app.memory_mb, ${next.state},
      ${next.priceModel}, ${next.usdPerSecond}::numeric, coalesce(ledger_end.ended_at, hangar.now())
    from app left join ledger_end on ledger_end.user_fly_app_id = app.id
    where not exists (select from hangar.cost_intervals part
      where part.user_fly_app_id = app.id and part.ended_at is null and ${isSame(next)})
    on conflict (user_fly_app_id) where ended_at is null do nothing
    returning id)`
}

function isSame(next: IntervalPrice): RawBuilder<boolean> {
  return sql<boolean>`(
    (part.state, part.price_model, part.usd_per_second, part.tier, part.region, part.cpu_kind, part.cpus, part.memory_mb)
    = (${next.state}, ${next.priceModel}, ${next.usdPerSecond}::numeric, app.tier, app.region, app.cpu_kind, app.cpus,
      app.memory_mb))`
}

/** The app costs `next` from now on, or nothing for null. True when that is a change. */
export async function setCostInterval(tx: Tx, appId: string, next: IntervalPrice | null): Promise<boolean> {
  const { rows } = await sql<{ changed: boolean }>`
    with app as (select * from public.user_fly_apps where id = ${appId}),
      ledger_end as ${endInterval(next)},
      ledger as ${next === null ? NOTHING : beginInterval(next)}
    select exists (select from ledger_end) or ${next === null ? sql`false` : sql`exists (select from ledger)`} as changed`.execute(
    tx,
  )
  return onlyRow(rows).changed
}

/** What the app has cost so far, to the millionth of a dollar. */
export async function sumCostUsd(db: Database | Tx, appId: string): Promise<string> {
  const { rows } = await sql<{ usd: string }>`
    select round(coalesce(sum(
      usd_per_second * extract(epoch from coalesce(ended_at, hangar.now()) - started_at)), 0), 6) as usd
    from hangar.cost_intervals where user_fly_app_id = ${appId}`.execute(db)
  return onlyRow(rows).usd
}
