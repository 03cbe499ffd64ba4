/** `public.user_fly_apps`: one row per generation of a user's app. Rows end as `deleted`; none is ever removed. */
import type { AppStatus } from '@hangar/core'
import { sql, type Insertable, type RawBuilder, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { APP_NAME_KEY, isUniqueViolation, nameTaken } from './pg-errors.ts'
import { resolveNow, type WithNow } from './now.ts'
import { onlyRow } from './rows.ts'
import type { Schema } from './schema.ts'

export type AppRow = Selectable<Schema['userFlyApps']>

type AppColumns = Omit<AppRow, 'id' | 'userId' | 'generation' | 'createdAt' | 'updatedAt'>

/** What a step may change. A date is a moment, or `'now'`: the database's own time. */
export type AppPatch = Partial<WithNow<AppColumns>>

export type NewApp = Pick<
  Insertable<Schema['userFlyApps']>,
  | 'id'
  | 'userId'
  | 'generation'
  | 'flyAppName'
  | 'network'
  | 'tier'
  | 'region'
  | 'image'
  | 'cpuKind'
  | 'cpus'
  | 'memoryMb'
  | 'monthlyCostEstimateUsd'
>

/** The user's one row that is not deleted. */
export async function findLiveApp(db: Database | Tx, userId: string): Promise<AppRow | null> {
  const row = await db
    .selectFrom('userFlyApps')
    .selectAll()
    .where('userId', '=', userId)
    .where('deletedAt', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

export async function findAppById(db: Database | Tx, id: string): Promise<AppRow | null> {
  return (await db.selectFrom('userFlyApps').selectAll().where('id', '=', id).executeTakeFirst()) ?? null
}

export async function findAppByName(db: Database | Tx, flyAppName: string): Promise<AppRow | null> {
  const row = await db
    .selectFrom('userFlyApps')
    .selectAll()
    .where('flyAppName', '=', flyAppName)
    .executeTakeFirst()
  return row ?? null
}

/** Every generation of one user, newest first. */
export function listAppsByUser(db: Database | Tx, userId: string): Promise<AppRow[]> {
  return db
    .selectFrom('userFlyApps')
    .selectAll()
    .where('userId', '=', userId)
    .orderBy('generation', 'desc')
    .execute()
}

/** Live rows in order of id, a page at a time. */
export function listLiveApps(
  db: Database | Tx,
  page: { limit: number; afterId?: string; status?: AppStatus },
): Promise<AppRow[]> {
  let query = db.selectFrom('userFlyApps').selectAll().where('deletedAt', 'is', null)
  if (page.afterId !== undefined) query = query.where('id', '>', page.afterId)
  if (page.status !== undefined) query = query.where('status', '=', page.status)
  return query.orderBy('id').limit(page.limit).execute()
}

/** The last number that a life of this user may have had: of its rows, of its apps seen on Fly, or lost in a restore. */
export const lastGeneration = (userId: RawBuilder<unknown>) => sql<number>`coalesce(greatest(
  (select max(generation) from public.user_fly_apps where user_id = ${userId}),
  (select max(generation) from hangar.orphans where user_id = ${userId}),
  (select generation_floor from hangar.brakes where name = 'restored')), 0)`

/**
 * The number of the user's next life: above that of every row, of every app of theirs that was ever seen on Fly, and of
 * whatever a restore has lost.
 * Call it under the user's lease: nothing else keeps two from being equal.
 */
export async function nextGeneration(tx: Tx, userId: string): Promise<number> {
  const { rows } = await sql<{
    last: number
  }>`select ${lastGeneration(sql`${userId}::uuid`)} as last`.execute(tx)
  return onlyRow(rows).last + 1
}

/** Throws `app_name_taken` if any row, deleted ones included, ever had the name; the transaction stays usable. */
export async function insertApp(tx: Tx, app: NewApp): Promise<AppRow> {
  const row = await tx
    .insertInto('userFlyApps')
    .values(app)
    .onConflict((conflict) => conflict.column('flyAppName').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw nameTaken(app.flyAppName)
  return row
}

/** Changes a row under its user's lease (see `withFence`) and returns it as it then is. */
export async function updateApp(tx: Tx, id: string, patch: AppPatch): Promise<AppRow> {
  try {
    return await tx
      .updateTable('userFlyApps')
      .set({ ...resolveNow(patch), updatedAt: sql<Date>`hangar.now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  } catch (error) {
    if (isUniqueViolation(error, APP_NAME_KEY)) throw nameTaken(patch.flyAppName, error)
    throw error
  }
}
