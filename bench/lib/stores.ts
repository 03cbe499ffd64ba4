/** PostgreSQL and Redis of the benchmark's own, with the host product's tables and Hangar installed on them. */
import { createDatabase, installHost, loadBaseline, migrateToLatest } from '@hangar/db'
import { runSql, startPostgres, startRedis } from '@hangar/testkit/local'

export type Stores = {
  readonly databaseUrl: string
  readonly redisUrl: string
  stop(): Promise<void>
}

/** Redis as in docker-compose.yml: append-only, never evicting. PostgreSQL syncs nothing, for either side. */
export async function startStores(): Promise<Stores> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis({ appendOnly: true })])
  const stop = async () => {
    await Promise.all([postgres.stop(), redis.stop()])
  }
  try {
    await runSql(postgres.url, 'create database bench')
    const databaseUrl = postgres.urlOf('bench')
    await loadBaseline(databaseUrl)
    await migrateToLatest(databaseUrl)
    const db = createDatabase({ connectionString: databaseUrl, applicationName: 'bench', maxConnections: 1 })
    await installHost(db).finally(() => db.destroy())
    return { databaseUrl, redisUrl: redis.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
