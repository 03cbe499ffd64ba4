/** Each service as a process, started as `dev` starts it: when it refuses, what it says, and that it gives no secret away. */
import { randomBytes } from 'node:crypto'
import { createTestDatabase, createUser, freePort, startProcess, useTestRedis } from '@hangar/testkit'
import { runSql, type ManagedProcess } from '@hangar/testkit/local'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { inRepository, SERVICE_ENTRIES, type ServiceName } from './stack/programs.ts'
import { newSecrets, serviceEnvironment, urlOf, type Addresses } from './stack/settings.ts'

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>

const redis = useTestRedis()
const secrets = newSecrets()
const started: ManagedProcess[] = []
let empty: TestDatabase
let inUse: TestDatabase

beforeAll(async () => {
  empty = await createTestDatabase()
  inUse = await createTestDatabase()
  await createUser(inUse.db, { tier: 'pro' })
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()))
})
afterAll(async () => {
  await Promise.all([empty.drop(), inUse.drop()])
})

async function start(
  name: ServiceName,
  wanted: { databaseUrl: string; ready: boolean; overrides?: Record<string, string> },
): Promise<ManagedProcess> {
  const ports = { api: 0, worker: 0, scheduler: 0, flySim: await freePort() }
  ports[name] = await freePort()
  const addresses: Addresses = {
    databaseUrl: wanted.databaseUrl,
    redisUrl: redis.url,
    queuePrefix: redis.prefix,
    ports,
  }
  const child = await startProcess({
    name,
    entry: inRepository(SERVICE_ENTRIES[name]),
    env: { ...serviceEnvironment(name, addresses, secrets), ...wanted.overrides },
    ...(wanted.ready && { readyUrl: `${urlOf(addresses, name)}/readyz` }),
  })
  started.push(child)
  return child
}

/** A login for the services that may read every table, and that row-level security shows no row of the host's. */
async function withBlindLogin(database: TestDatabase, use: (url: string) => Promise<void>): Promise<void> {
  const role = `hangar_test_${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  await runSql(
    database.url,
    `create role ${role} login password '${password}'`,
    `select hangar.grant_service('${role}'::regrole)`,
    `grant select on public.user_subscriptions, public.user_profiles, public.traders to ${role}`,
  )
  const url = new URL(database.url)
  url.username = role
  url.password = password
  try {
    await use(url.href)
  } finally {
    await Promise.all(started.splice(0).map((child) => child.stop()))
    await runSql(database.url, `drop owned by ${role}`, `drop role ${role}`)
  }
}

function expectNoSecret(output: string, ...more: string[]): void {
  for (const secret of [...Object.values(secrets), ...more]) expect(output).not.toContain(secret)
}

const SERVICES: ServiceName[] = ['api', 'worker', 'scheduler']

/** What is wrong in each service's settings: a bad value for each that it checks, and those that are not there. */
const COMMON = {
  DATABASE_URL: 'mysql://root:hunter2@db/hangar',
  REDIS_URL: 'http://:hunter3@redis',
  PORT: '99999',
  LOG_LEVEL: 'loud-hunter4',
  GUEST_PRO: 'shared:two',
}
const BROKEN: Record<ServiceName, { wrong: Record<string, string>; missing: string[] }> = {
  api: {
    wrong: {
      ...COMMON,
      HANGAR_MASTER_KEY: 'c2hvcnQtbWFzdGVy',
      HANGAR_WEBHOOK_SECRET: 'whsec_dG9vLXNob3J0',
      SUPABASE_JWT_SECRET: 'tiny-jwt-key',
      SUPABASE_SERVICE_ROLE_KEY: 'tiny-key',
    },
    missing: ['HANGAR_PUBLIC_URL'],
  },
  worker: {
    wrong: {
      ...COMMON,
      HANGAR_MASTER_KEY: 'c2hvcnQtbWFzdGVy',
      FLY_DEFAULT_REGION: 'Frankfurt',
      FLY_API_BASE_URL: 'ftp://user:hunter5@fly',
      DRAIN_URL_TEMPLATE: 'http://no-place-for-it',
      DRAIN_GRACE_MS: '999999',
    },
    missing: ['FLY_API_TOKEN', 'FLY_ORG_SLUG', 'FLY_SCREENER_IMAGE', 'HANGAR_PUBLIC_URL'],
  },
  scheduler: { wrong: { ...COMMON, RELAY_INTERVAL_MS: '7', HEALTH_INTERVAL_MS: '-70' }, missing: [] },
}

describe.each(SERVICES)('%s', (name) => {
  test('does not start under a role that sees none of the host rows, and says so in one line', async () => {
    await withBlindLogin(inUse, async (databaseUrl) => {
      const child = await start(name, { databaseUrl, ready: false })
      expect(await child.exited).toBe(1)
      expect(child.logs().trimEnd()).toMatch(
        new RegExp(`^${name}: this role sees 0 of the host's \\d+ rows: give it BYPASSRLS, .+$`),
      )
      expectNoSecret(child.logs(), new URL(databaseUrl).password)
    })
  })

  test('starts under the same role in a project without any user', async () => {
    await withBlindLogin(empty, async (databaseUrl) => {
      const child = await start(name, { databaseUrl, ready: true })
      expect(await child.stop()).toBe(0)
      expectNoSecret(child.logs(), new URL(databaseUrl).password)
    })
  })

  test('with broken settings it exits with 78 and one line for each problem, none with a value', async () => {
    const { wrong, missing } = BROKEN[name]
    const overrides = { ...wrong, ...Object.fromEntries(missing.map((variable) => [variable, ''])) }
    const child = await start(name, { databaseUrl: empty.url, ready: false, overrides })
    expect(await child.exited).toBe(78)
    const lines = child.logs().trimEnd().split('\n')
    const named = lines.map(
      (line) => new RegExp(`^${name}: ([A-Z_]+)(:| is missing)`).exec(line)?.[1] ?? line,
    )
    expect(named.toSorted()).toEqual([...Object.keys(wrong), ...missing].toSorted())
    expectNoSecret(child.logs(), ...Object.values(wrong))
  })
})
