/**
 * Where a local system keeps its data: servers of its own, or a database of its own on the server of DATABASE_URL
 * and a prefix of its own on that of REDIS_URL. Nothing that was there before is touched, and nothing is left.
 * Which it is comes from `environment`, for programs their own; without any, the servers are its own.
 */
import { randomBytes } from 'node:crypto'
import { createDatabase, DEFAULT_HOST_MAPPING, installHost, loadBaseline, migrateToLatest } from '@hangar/db'
import { createAdmin } from '@hangar/testkit/factories'
import { removeRedisKeys, runSql, startPostgres, startRedis } from '@hangar/testkit/local'
import { DEMO_ADMINS } from './settings.ts'

export type Store = { url: string; where: string; remove(): Promise<void> }

export type StoreEnvironment = Readonly<Record<string, string | undefined>>

export async function openDatabase(
  environment: StoreEnvironment,
  report: (line: string) => void,
): Promise<Store> {
  const server = environment['DATABASE_URL'] ?? ''
  if (server === '') {
    const postgres = await startPostgres()
    return { url: postgres.url, where: `embedded, port ${postgres.port}`, remove: () => postgres.stop() }
  }
  const name = `hangar_${randomBytes(6).toString('hex')}`
  report(`Making the database ${name} on the server of DATABASE_URL; it is dropped at the end.`)
  await runSql(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    where: `database ${name} on the server of DATABASE_URL`,
    remove: () => runSql(server, `drop database if exists ${name} with (force)`),
  }
}

export async function openRedis(
  environment: StoreEnvironment,
  report: (line: string) => void,
): Promise<Store & { prefix: string }> {
  const shared = environment['REDIS_URL'] ?? ''
  if (shared === '') {
    const redis = await startRedis({ appendOnly: true, report })
    return {
      url: redis.url,
      prefix: '{hangar}',
      where: `own server, port ${redis.port}`,
      remove: () => redis.stop(),
    }
  }
  const prefix = `{hangar-${randomBytes(6).toString('hex')}}`
  return {
    url: shared,
    prefix,
    where: `the server of REDIS_URL, keys under ${prefix}`,
    remove: () => removeRedisKeys(shared, prefix),
  }
}

/** The host product's tables, Hangar's own, the trigger with a webhook to the local API, and who may sign in. */
export async function prepareDatabase(url: string, webhook: { url: string; secret: string }): Promise<void> {
  await loadBaseline(url)
  await migrateToLatest(url)
  const secretName = 'hangar_webhook_secret'
  await runSql(url, `select vault.create_secret('${webhook.secret}', '${secretName}')`)
  const db = createDatabase({ connectionString: url, applicationName: 'hangar-stack', maxConnections: 1 })
  try {
    await installHost(db, { ...DEFAULT_HOST_MAPPING, webhook: { url: webhook.url, secret_name: secretName } })
    for (const role of ['viewer', 'operator', 'admin'] as const)
      await createAdmin(db, role, DEMO_ADMINS[role])
  } finally {
    await db.destroy()
  }
}
