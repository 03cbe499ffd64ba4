/**
 * One step's record: the row changes, what happened is appended, the ledger follows, all in one statement that does
 * nothing unless the lease is still held. One round trip where a transaction takes five, and no moment at which a
 * process can die between two of them.
 */
import { HangarError } from '@hangar/core'
import { type RawBuilder, sql } from 'kysely'
import type { AppPatch, AppRow } from './apps.ts'
import { beginInterval, type Done, endInterval, type IntervalPrice, NOTHING } from './cost.ts'
import type { Database, Tx } from './database.ts'
import type { NewEvent } from './events.ts'
import { resolveNow } from './now.ts'
import { APP_NAME_KEY, isUniqueViolation, nameTaken } from './pg-errors.ts'
import { releaseMachineOf, returnTradersOf } from './placement.ts'
import { holds, type Lease } from './work.ts'

export type StepRecord = {
  appId: string
  patch: AppPatch
  events: Omit<NewEvent, 'userFlyAppId' | 'userId'>[]
  /** What the app costs from now on, null: nothing. Where that is so already (a step that runs twice), it goes on. */
  cost?: IntervalPrice | null
  /** A new machine instance begins undrained. */
  clearDrained?: boolean
  /** The machine on record begins anew: that it was once refused is over. */
  takeUpAgain?: boolean
  /** The app certainly trades no more: its user's traders are the shared backend's again. */
  returnTraders?: boolean
  /** Fly says that this machine has stopped: it runs nothing any more. */
  stoppedMachineId?: string
}

/** The row as it then is. Throws `lease_lost` or `app_name_taken`, and then nothing was written. */
export async function recordStep(db: Database | Tx, lease: Lease, step: StepRecord): Promise<AppRow> {
  const row = await writeStep(db, lease, step).catch((error: unknown) => {
    if (isUniqueViolation(error, APP_NAME_KEY)) throw nameTaken(step.patch.flyAppName, error)
    throw error
  })
  if (!row)
    throw new HangarError('lease_lost', {
      operator: `the lease of ${lease.userId} under fence ${lease.fence} is lost`,
    })
  return row
}

function writeStep(db: Database | Tx, lease: Lease, step: StepRecord): Promise<AppRow | undefined> {
  return db
    .with('fence', (qb) =>
      qb
        .selectFrom('hangar.userWork')
        .select('userId')
        .where(sql<boolean>`${holds(lease)}`)
        .forShare(),
    )
    .with('app', (qb) =>
      qb
        .updateTable('userFlyApps')
        .set({ ...resolveNow(step.patch), updatedAt: sql<Date>`hangar.now()` })
        .where('id', '=', step.appId)
        .where((eb) => eb.exists(eb.selectFrom('fence').select('fence.userId')))
        .returningAll(),
    )
    .with('events', () => insertEvents(step.events))
    .with('ledger_end', () => (step.cost === undefined ? NOTHING : endInterval(step.cost)))
    .with('ledger', () => (step.cost ? beginInterval(step.cost) : NOTHING))
    .with('reports', () => clearReports(step))
    .with('placement', () => placeTraders(step))
    .selectFrom('app')
    .selectAll()
    .executeTakeFirst()
}

/** In the order given: ids tell what came first. */
function insertEvents(events: StepRecord['events']): RawBuilder<Done> {
  const rows = events.map(({ eventType, status, message = null, metadata = {}, actor }) => ({
    event_type: eventType,
    status,
    message,
    metadata,
    actor,
  }))
  return sql<Done>`(
    insert into public.user_fly_app_events (user_fly_app_id, user_id, event_type, status, message, metadata, actor)
    select app.id, app.user_id, event.event_type, event.status, event.message, event.metadata, event.actor
    from app cross join rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (
      event_type text, status text, message text, metadata jsonb, actor text)) with ordinality as event
    order by event.ordinality
    returning id)`
}

/** The first process of a machine that we start is no restart of the one before. */
const NEW_LIFE = sql`process_id = null, process_started_at = null, restarted_at = '{}'`

function clearReports({ clearDrained, takeUpAgain }: StepRecord): RawBuilder<Done> {
  if (!clearDrained && !takeUpAgain) return NOTHING
  const undrained = clearDrained ? [sql`drained_at = null`, sql`drained = null`] : []
  const heard = takeUpAgain ? [sql`refused_machine_id = null`] : []
  return sql<Done>`(
    update hangar.app_heartbeats report set ${sql.join([...undrained, ...heard, NEW_LIFE])}
    from app where report.user_fly_app_id = app.id
    returning report.user_id)`
}

function placeTraders({ returnTraders, stoppedMachineId }: StepRecord): RawBuilder<Done> {
  if (returnTraders) return sql<Done>`(${returnTradersOf(sql`app`)} returning place.user_id)`
  if (stoppedMachineId === undefined) return NOTHING
  return sql<Done>`(${releaseMachineOf(sql`app`, stoppedMachineId)} returning place.user_id)`
}
