import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

/** Who this installation is: part of every app name, and of the metadata of every machine. */
export async function findInstallationId(db: Database | Tx): Promise<string> {
  const { id } = await db.selectFrom('hangar.installation').select('id').executeTakeFirstOrThrow()
  return id
}

/** The last migration that was applied here; null where there was none. */
export async function findSchemaVersion(db: Database | Tx): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`
    select name from hangar.migration_checksums order by name desc limit 1`.execute(db)
  return rows[0]?.name ?? null
}
