/** How long it takes to give a user their app and to take it away, how often it fails, and why: from the events. */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export type OperationStats = {
  completed: number
  /** Times that work was given up after its retries; tried again later, the same app may fail again. */
  failed: number
  /** Apps that this happened to. */
  failedApps: number
  /** completed / (completed + failed), in percent with two places; null where there is neither. */
  successPct: string | null
  /** From the first step to the end, pauses and failures included; null where nothing was completed. */
  averageMs: number | null
  p95Ms: number | null
  /** By error code, the most frequent first; 20 at most. */
  reasons: { code: string; failures: number; lastAt: Date; lastMessage: string | null }[]
}

export type LifecycleStats = Record<'provision' | 'deprovision', OperationStats>

type Operation = keyof LifecycleStats

/** Of what ended in the last `days` days. */
export async function readLifecycleStats(
  db: Database | Tx,
  { days }: { days: number },
): Promise<LifecycleStats> {
  const { rows } = await sql<Omit<OperationStats, 'reasons'> & { operation: Operation }>`
    with ended as (
      select split_part(event_type, '_', 1) as operation, event_type like '%completed' as is_completed, event.user_fly_app_id,
        event.user_id, event.created_at - case when event_type = 'provision_completed' then app.created_at
          when event_type = 'deprovision_completed' then app.teardown_started_at end as took
      from public.user_fly_app_events event
      left join public.user_fly_apps app on app.id = event.user_fly_app_id
      where ${isEnd(days)})
    select operation, count(*) filter (where is_completed) as completed, count(*) filter (where not is_completed) as failed,
      count(distinct coalesce(user_fly_app_id, user_id)) filter (where not is_completed) as failed_apps,
      round(count(*) filter (where is_completed) * 100.0 / count(*), 2)::text as success_pct,
      round(avg(extract(epoch from took)) * 1000)::int8 as average_ms,
      round((percentile_cont(0.95) within group (order by extract(epoch from took)))::numeric * 1000)::int8 as p95_ms
    from ended group by operation`.execute(db)
  const reasons = await listReasons(db, days)
  const of = (operation: Operation): OperationStats => {
    const row = rows.find((one) => one.operation === operation) ?? NOTHING_ENDED
    const { completed, failed, failedApps, successPct, averageMs, p95Ms } = row
    const own = reasons.filter((reason) => reason.operation === operation)
    return { completed, failed, failedApps, successPct, averageMs, p95Ms, reasons: own.map(shownReason) }
  }
  return { provision: of('provision'), deprovision: of('deprovision') }
}

const NOTHING_ENDED = {
  completed: 0,
  failed: 0,
  failedApps: 0,
  successPct: null,
  averageMs: null,
  p95Ms: null,
}

function shownReason({ code, failures, lastAt, lastMessage }: Reason): OperationStats['reasons'][number] {
  return { code, failures, lastAt, lastMessage }
}

/** The list is that of the index user_fly_app_events_ends. */
const isEnd = (days: number) => sql`
  event_type in ('provision_completed', 'provision_failed', 'deprovision_completed', 'deprovision_failed')
  and event.created_at > hangar.now() - make_interval(days => ${days}::int)`

type Reason = OperationStats['reasons'][number] & { operation: Operation }

async function listReasons(db: Database | Tx, days: number): Promise<Reason[]> {
  const { rows } = await sql<Reason>`
    with failure as (
      select split_part(event_type, '_', 1) as operation, coalesce(metadata ->> 'code', 'unknown') as code, message, id,
        created_at
      from public.user_fly_app_events event
      where ${isEnd(days)} and event_type like '%failed'),
    reason as (
      select operation, code, count(*) as failures, max(created_at) as last_at,
        (array_agg(message order by id desc))[1] as last_message
      from failure group by operation, code),
    ranked as (select *, row_number() over (partition by operation order by failures desc, code) as place from reason)
    select operation, code, failures, last_at, last_message from ranked where place <= 20 order by operation, place`.execute(
    db,
  )
  return rows
}
