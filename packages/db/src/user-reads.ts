/** What the page about one user shows besides the rows that the engine itself reads. */
import type { CostState } from '@hangar/core'
import { sql } from 'kysely'
import type { AlertRow } from './alerts.ts'
import { usd6 } from './cost-reports.ts'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'
import type { RunsOn } from './placement.ts'

export type PlacementState = {
  runsOn: RunsOn
  userFlyAppId: string
  machineId: string | null
  move: number
  since: Date
  heldUntil: Date | null
  confirmedBy: string[]
}

/** Where the user's traders run. Null: where they always were, on the shared backend. */
export async function findPlacementState(db: Database | Tx, userId: string): Promise<PlacementState | null> {
  const { rows } = await sql<PlacementState>`
    select runs_on, user_fly_app_id, machine_id, move, since, held_until, confirmed_by
    from hangar.trader_placement where user_id = ${userId}`.execute(db)
  return rows[0] ?? null
}

/** Open ones about any of these subjects, the newest first. */
export async function listOpenAlertsAbout(
  db: Database | Tx,
  subjects: readonly string[],
): Promise<AlertRow[]> {
  const { rows } = await sql<AlertRow>`
    select id, kind, subject, severity, message, details, first_at, last_at, times, acknowledged_at, acknowledged_by,
      resolved_at
    from hangar.alerts where resolved_at is null and subject = any (${[...subjects]}::text[])
    order by id desc`.execute(db)
  return rows
}

export type CostSoFar = {
  /** Of all apps that the user has had in this calendar month (UTC). */
  monthUsd: string
  /** What the ledger says that the live app's machine is; null where it costs nothing, or there is none. */
  state: CostState | null
  since: Date | null
}

export async function readUserCost(db: Database | Tx, userId: string): Promise<CostSoFar> {
  const { rows } = await sql<CostSoFar>`
    with clock as (select hangar.now() as at, date_trunc('month', hangar.now(), 'UTC') as month),
    part as (
      select ledger.* from public.user_fly_apps app
      join hangar.cost_intervals ledger on ledger.user_fly_app_id = app.id where app.user_id = ${userId})
    select (select ${usd6(sql`coalesce(sum(usd_per_second * extract(epoch from coalesce(ended_at, at) - greatest(started_at, month))), 0)`)}
        from part, clock where ended_at is null or ended_at > month) as month_usd,
      open.state, open.started_at as since
    from clock left join part open on open.ended_at is null
    order by open.started_at desc nulls last limit 1`.execute(db)
  return onlyRow(rows)
}

/** What each of the last days cost, today included; days that cost nothing are zero. */
export async function listUserCostDays(
  db: Database | Tx,
  userId: string,
  days: number,
): Promise<{ day: string; usd: string }[]> {
  const { rows } = await sql<{ day: string; usd: string }>`
    with clock as (select hangar.now() as at),
    day as (
      select begins, begins + interval '1 day' as ends
      from clock, generate_series(date_trunc('day', clock.at at time zone 'UTC') - make_interval(days => ${days}::int - 1),
        date_trunc('day', clock.at at time zone 'UTC'), interval '1 day') begins),
    part as (
      select usd_per_second, ledger.started_at at time zone 'UTC' as started, coalesce(ledger.ended_at, clock.at) at time zone 'UTC' as ended
      from clock, public.user_fly_apps app join hangar.cost_intervals ledger on ledger.user_fly_app_id = app.id
      where app.user_id = ${userId})
    select to_char(begins, 'YYYY-MM-DD') as day, ${usd6(sql`coalesce(sum(
        usd_per_second * extract(epoch from least(ended, ends) - greatest(started, begins))), 0)`)} as usd
    from day left join part on part.started < day.ends and part.ended > day.begins
    group by begins order by begins`.execute(db)
  return rows
}
