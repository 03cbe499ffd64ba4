import { randomUUID } from 'node:crypto'
import { createDatabase, serviceRoleName, type Database, type ServiceKind } from '@hangar/db'
import { afterAll, beforeAll } from '@jest/globals'
import { addressOf, PG_URL, ROLE_PASSWORD, TEMPLATE_DATABASE } from './jest/test-servers.ts'
import { runSql } from './local/index.ts'

export type TestDatabase = { readonly db: Database; readonly url: string }

/** The same database for one of the services, with its role's rights and no others. */
export function urlForService(url: string, kind: ServiceKind): string {
  const address = new URL(url)
  address.username = serviceRoleName(kind)
  address.password = ROLE_PASSWORD
  return address.href
}

/** Of the file's database, as one of the services comes to it. There from its beforeAll to its afterAll. */
export function useServiceDatabase(of: TestDatabase, kind: ServiceKind): { readonly db: Database } {
  let db: Database | undefined
  beforeAll(() => {
    db = createDatabase({
      connectionString: urlForService(of.url, kind),
      applicationName: `hangar-test-${kind}`,
      maxConnections: 5,
    })
  })
  afterAll(() => db?.destroy())
  return {
    get db() {
      if (!db) throw new Error('useServiceDatabase: the database exists only inside tests and hooks.')
      return db
    },
  }
}

export type TestDatabaseOptions = {
  /** `hangar` (the default): migrated, baseline, trigger. `empty`: a bare database, for migrations. */
  template?: 'hangar' | 'empty'
  maxConnections?: number
}

/** A database of its own on the run's server. `drop` closes the pool and throws out whoever is still connected. */
export async function createTestDatabase(
  options: TestDatabaseOptions = {},
): Promise<TestDatabase & { drop(): Promise<void> }> {
  const server = addressOf(PG_URL)
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const template = options.template === 'empty' ? 'template0' : TEMPLATE_DATABASE
  await runSql(server, `create database ${name} template ${template}`)
  const url = server.replace(/\/[^/]*$/, `/${name}`)
  const db = createDatabase({
    connectionString: url,
    applicationName: 'hangar-test',
    maxConnections: options.maxConnections ?? 5,
  })
  return {
    db,
    url,
    drop: async () => {
      await db.destroy()
      await runSql(server, `drop database ${name} with (force)`)
    },
  }
}

/** One database for the file that calls it (or the describe block), there from its beforeAll to its afterAll. */
export function useTestDatabase(options: TestDatabaseOptions = {}): TestDatabase {
  let current: Awaited<ReturnType<typeof createTestDatabase>> | undefined
  beforeAll(async () => {
    current = await createTestDatabase(options)
  })
  afterAll(async () => {
    await current?.drop()
  })
  const there = () => {
    if (!current) throw new Error('useTestDatabase: the database exists only inside tests and hooks.')
    return current
  }
  return {
    get db() {
      return there().db
    },
    get url() {
      return there().url
    },
  }
}
