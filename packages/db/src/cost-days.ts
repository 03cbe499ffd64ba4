/**
 * `hangar.cost_days`: what each day (UTC) cost, by tier and machine. A day that is over is written once and read for ever;
 * days that are not written yet are added up from the intervals, so that a report is right whether or not the sweep runs.
 */
import { type RawBuilder, sql } from 'kysely'
import type { DaySpan } from './cost-span.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'

/**
 * A transaction that ended an interval before midnight may commit after it: a day is closed only when none can be open
 * any more that saw it.
 */
const LATE_COMMIT_MS = 60 * 60_000
const DAYS_AT_ONCE = 31

const startOf = (day: RawBuilder<unknown>) => sql`(${day})::timestamp at time zone 'UTC'`

/** The day that a moment is in. */
const dayOfMoment = (moment: RawBuilder<unknown>) => sql`(${moment} at time zone 'UTC')::date`

/**
 * For a part `span_open (first, last)` of days: each day's share of each interval, as known at `at`. From the intervals to
 * their days, and not the other way round: a day would have to look through the intervals of all days.
 */
function sharesOf(at: RawBuilder<unknown>): RawBuilder<unknown> {
  const ends = sql`least(part.ended_at, ${startOf(sql`span_open.last + 1`)}, ${at})`
  return sql`
    select share.day, part.tier, part.region, part.cpu_kind, part.cpus, part.memory_mb, part.state, part.price_model,
      sum(share.seconds) as seconds, sum(share.seconds * part.usd_per_second) as usd
    from span_open
    join hangar.cost_intervals part on part.started_at < least(${startOf(sql`span_open.last + 1`)}, ${at})
      and (part.ended_at > ${startOf(sql`span_open.first`)} or part.ended_at is null)
    cross join lateral (
      select day::date as day, extract(epoch from least(${ends}, (day + interval '1 day') at time zone 'UTC')
        - greatest(part.started_at, day at time zone 'UTC')) as seconds
      from generate_series(greatest(span_open.first, ${dayOfMoment(sql`part.started_at`)})::timestamp,
        ${dayOfMoment(ends)}::timestamp, interval '1 day') day
      where day at time zone 'UTC' < ${ends}) share
    group by share.day, part.tier, part.region, part.cpu_kind, part.cpus, part.memory_mb, part.state, part.price_model`
}

/** A part `closed`: what the days of the span that are written down cost, and the moment from which the intervals tell. */
export function closedUntil({ from, to }: DaySpan, at: Date): RawBuilder<unknown> {
  return sql`
    closed as (
      select coalesce(sum(day.usd), 0) as usd,
        greatest(${startOf(sql`${from}::date`)}, (select ${startOf(sql`max(through) + 1`)} from hangar.cost_days_closed)) as until
      from hangar.cost_days day
      where day >= ${from}::date and day < ${to}::date and day <= ${dayOfMoment(sql`${at}::timestamptz`)}
        and day <= (select max(through) from hangar.cost_days_closed))`
}

/** Parts of a statement; the last, `piece`, has what each day of the span cost until `at`, by tier and machine. */
export function pieces({ from, to }: DaySpan, at: Date): RawBuilder<unknown> {
  return sql`
    closed as (select coalesce(max(through), '-infinity'::date) as through from hangar.cost_days_closed),
    span_open as (
      select greatest(${from}::date, case when closed.through > '-infinity' then closed.through + 1 end) as first,
        least(${to}::date - 1, ${dayOfMoment(sql`${at}::timestamptz`)}) as last
      from closed),
    piece as (
      select day, tier, region, cpu_kind, cpus, memory_mb, state, price_model, seconds, usd
      from hangar.cost_days, closed
      where day >= ${from}::date and day < ${to}::date and day <= closed.through
        and day <= ${dayOfMoment(sql`${at}::timestamptz`)}
      union all (${sharesOf(sql`${at}::timestamptz`)}))`
}

/**
 * Writes the days that are over and not written yet, a month of them at most; answers how many. Any number of workers
 * may call it: they take turns.
 */
export async function closeCostDays(db: Database): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await beginClosing(tx)
    const { rows: span } = await sql<{ first: string; last: string; days: number }>`
      select (through + 1)::text as first, least(through + ${DAYS_AT_ONCE}::int, last)::text as last,
        greatest(0, least(${DAYS_AT_ONCE}::int, last - through)) as days
      from (select through, ${dayOfMoment(sql`(hangar.now() - ${intervalMs(LATE_COMMIT_MS)})`)} - 1 as last
        from hangar.cost_days_closed for update) closed`.execute(tx)
    const [due] = span
    if (!due || due.days === 0) return 0
    await sql`
      with span_open as (select ${due.first}::date as first, ${due.last}::date as last)
      insert into hangar.cost_days (day, tier, region, cpu_kind, cpus, memory_mb, state, price_model, seconds, usd)
      ${sharesOf(sql`'infinity'::timestamptz`)}`.execute(tx)
    await sql`update hangar.cost_days_closed set through = ${due.last}::date`.execute(tx)
    return due.days
  })
}

/** The row that says how far it is: before the first day that cost anything. None as long as nothing ever did. */
async function beginClosing(tx: Tx): Promise<void> {
  await sql`
    insert into hangar.cost_days_closed (through)
    select ${dayOfMoment(sql`min(started_at)`)} - 1 from hangar.cost_intervals having count(*) > 0
    on conflict (only_one) do nothing`.execute(tx)
}

/** Until when the days are written; null: none is. */
export async function readClosedThrough(db: Database | Tx): Promise<string | null> {
  const { rows } = await sql<{ through: string | null }>`
    select max(through)::text as through from hangar.cost_days_closed`.execute(db)
  return onlyRow(rows).through
}
