/** `hangar.user_overrides`: an operator's word about one user, which outranks the tier while it lasts. */
import type { Guest } from '@hangar/core'
import { sql, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { databaseNow } from './now.ts'
import type { OverrideDesired, Schema } from './schema.ts'

export type OverrideRow = Selectable<Schema['hangar.userOverrides']>

export type NewOverride = {
  userId: string
  desired: OverrideDesired
  guest?: Guest | null
  region?: string | null
  reason: string
  actor: string
  /** Default: until somebody ends it. */
  expiresAt?: Date | null
}

/** The override in force, if any: neither ended nor expired. */
export async function findActiveOverride(db: Database | Tx, userId: string): Promise<OverrideRow | null> {
  const row = await db
    .selectFrom('hangar.userOverrides')
    .selectAll()
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', databaseNow)]))
    .executeTakeFirst()
  return row ?? null
}

/** Until the transaction ends nobody else changes the user's override. Where there is none, there is no row to wait for. */
export async function lockOverride(tx: Tx, userId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('hangar.user_overrides ' || ${userId}, 0))`.execute(
    tx,
  )
}

/** Puts a new override in the place of the one before, expired or not. Of any number at once, the last to come holds. */
export async function insertOverride(tx: Tx, override: NewOverride): Promise<OverrideRow> {
  await lockOverride(tx, override.userId)
  await endOverride(tx, override.userId)
  const { guest, ...values } = override
  return tx
    .insertInto('hangar.userOverrides')
    .values({ ...values, guest: guest ? JSON.stringify(guest) : null })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** False: there was none to end. An override that had expired ends at its expiry. */
export async function endOverride(tx: Tx, userId: string): Promise<boolean> {
  const result = await tx
    .updateTable('hangar.userOverrides')
    .set({ endedAt: sql<Date>`least(expires_at, hangar.now())` })
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
