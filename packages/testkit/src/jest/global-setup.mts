import {
  createDatabase,
  installHost,
  loadBaseline,
  migrateToLatest,
  openHost,
  SERVICE_KINDS,
  serviceRoleName,
} from '@hangar/db'
import { runSql, startPostgres, startRedis } from '../local/index.ts'
import {
  PG_URL,
  REDIS_URL,
  rememberServer,
  ROLE_PASSWORD,
  stopRememberedServers,
  TEMPLATE_DATABASE,
} from './test-servers.ts'

/** Once per run: a PostgreSQL and a Redis of our own, and the template that each test file's database is copied from. */
export default async function globalSetup(): Promise<void> {
  const results = await Promise.allSettled([startTestPostgres(), startTestRedis()])
  const failed = results.find((result) => result.status === 'rejected')
  if (!failed) return
  await stopRememberedServers()
  throw failed.reason
}

async function startTestPostgres(): Promise<void> {
  const server = await startPostgres()
  rememberServer(server)
  process.env[PG_URL] = server.url
  await runSql(server.url, `create database ${TEMPLATE_DATABASE}`)
  const url = server.urlOf(TEMPLATE_DATABASE)
  await loadBaseline(url)
  await migrateToLatest(url)
  const db = createDatabase({ connectionString: url, applicationName: 'hangar-testkit', maxConnections: 1 })
  try {
    await installHost(db)
    await runSql(
      url,
      ...SERVICE_KINDS.flatMap((kind) => [
        `create role ${serviceRoleName(kind)} login password '${ROLE_PASSWORD}'`,
        `select hangar.grant_service_role('${serviceRoleName(kind)}', '${kind}')`,
      ]),
    )
    await openHost(db)
  } finally {
    await db.destroy()
  }
  // A template with a connection cannot be copied: keep everybody out.
  await runSql(server.url, `alter database ${TEMPLATE_DATABASE} with allow_connections false`)
}

async function startTestRedis(): Promise<void> {
  const server = await startRedis()
  rememberServer(server)
  process.env[REDIS_URL] = server.url
}
