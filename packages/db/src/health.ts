/** What the health sweep reads and writes. Health is an observation: it carries no fence and changes no state. */
import type { HealthStatus } from '@hangar/core'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { insertEvent } from './events.ts'
import { databaseNow } from './now.ts'

export type HealthSubject = {
  id: string
  userId: string
  flyAppName: string
  flyMachineId: string | null
  flyInstanceId: string | null
  generation: number
  /** Names of what is on record as changed by hand. */
  driftFields: string[]
  healthStatus: HealthStatus
  healthFailures: number
  launchedAt: Date | null
  /** Somebody is about to look at this user anyway. */
  pending: boolean
  lastHeartbeatAt: Date | null
  now: Date
}

/** `repair`: looking again will not help, somebody has to act. */
export type HealthVerdict = { status: HealthStatus; reason: string; repair: boolean }

/** Active apps on which nothing is under way, in order of id. */
export function listHealthSubjects(
  db: Database,
  page: { limit: number; afterId?: string },
): Promise<HealthSubject[]> {
  let query = db
    .selectFrom('userFlyApps as app')
    .leftJoin('hangar.appHeartbeats as heartbeat', 'heartbeat.userFlyAppId', 'app.id')
    .select([
      'app.id',
      'app.userId',
      'app.flyAppName',
      'app.flyMachineId',
      'app.flyInstanceId',
      'app.generation',
      'app.healthStatus',
      'app.healthFailures',
    ])
    .leftJoin('hangar.userWants as want', 'want.userId', 'app.userId')
    .leftJoin('hangar.userWork as work', 'work.userId', 'app.userId')
    .select(['app.launchedAt', 'heartbeat.lastHeartbeatAt', databaseNow.as('now')])
    .select(
      sql<string[]>`array(select one->>'field' from jsonb_array_elements(app.drift->'fields') one)`.as(
        'driftFields',
      ),
    )
    .select(sql<boolean>`coalesce(want.wanted_version, 0) > coalesce(work.done_version, 0)`.as('pending'))
    .where('app.status', '=', 'active')
    .where('app.operation', 'is', null)
  if (page.afterId !== undefined) query = query.where('app.id', '>', page.afterId)
  return query.orderBy('app.id').limit(page.limit).execute()
}

/**
 * Writes a verdict, and an event when it is a change for the worse or the better. Nothing is written for an app
 * that has moved on since it was listed.
 */
export async function recordHealth(
  db: Database,
  subject: HealthSubject,
  verdict: HealthVerdict,
  actor: string,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const failed = verdict.status === 'unhealthy'
    const updated = await tx
      .updateTable('userFlyApps')
      .set({
        healthStatus: verdict.status,
        lastHealthCheck: databaseNow,
        healthFailures: failed ? sql<number>`health_failures + 1` : 0,
      })
      .where('id', '=', subject.id)
      .where('status', '=', 'active')
      .where('operation', 'is', null)
      .where('flyMachineId', 'is not distinct from', subject.flyMachineId)
      .executeTakeFirst()
    const eventType = eventOf(subject.healthStatus, verdict.status)
    if (updated.numUpdatedRows === 0n || !eventType) return
    await insertEvent(tx, {
      userFlyAppId: subject.id,
      userId: subject.userId,
      eventType,
      status: failed ? 'failed' : 'success',
      message: verdict.reason,
      metadata: { app: subject.flyAppName, machine_id: subject.flyMachineId },
      actor,
    })
  })
}

function eventOf(before: HealthStatus, after: HealthStatus): string | null {
  if (after === 'unhealthy' && before !== 'unhealthy') return 'health_check_failed'
  return after === 'healthy' && before === 'unhealthy' ? 'health_check_recovered' : null
}
