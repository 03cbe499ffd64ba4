import { loadBaseline, migrateToLatest } from '../../packages/db/src/index.ts'
import { runSql, startPostgres } from '../../packages/testkit/src/local/index.ts'

/**
 * Calls back with the address of a database that has Supabase's roles and all migrations and nothing installed, on
 * a PostgreSQL server of its own. What is generated must not depend on what some other database has been through.
 */
export async function withMigratedDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  const server = await startPostgres()
  try {
    await runSql(server.url, 'create database migrated')
    const url = server.urlOf('migrated')
    await loadBaseline(url)
    await migrateToLatest(url)
    return await use(url)
  } finally {
    await server.stop()
  }
}
