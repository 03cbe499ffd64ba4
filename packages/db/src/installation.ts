import type { Database, Tx } from './database.ts'

/** Who this installation is: part of every app name, and of the metadata of every machine. */
export async function findInstallationId(db: Database | Tx): Promise<string> {
  const { id } = await db.selectFrom('hangar.installation').select('id').executeTakeFirstOrThrow()
  return id
}
