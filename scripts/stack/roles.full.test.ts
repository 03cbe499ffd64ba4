/** The whole of Hangar, each service with the role of its own that `hangar install` makes: a user's life, and the doctor. */
import {
  createDatabase,
  createServiceRole,
  makePassword,
  findLiveApp,
  grantServiceRole,
  listAppsByUser,
  openHost,
  SERVICE_KINDS,
  serviceRoleName,
  type Database,
} from '@hangar/db'
import { createTrader, createUser, setTier, waitFor } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { urlOf } from './settings.ts'
import { startStack, type Stack, type StackOptions } from './stack.ts'
import { prepareDatabase } from './stores.ts'

const settings: NonNullable<StackOptions['settings']> = {}
let stack: Stack
let db: Database

/** Makes the roles before the first service starts, and has each service come as its own. */
const prepare: typeof prepareDatabase = async (url, webhook) => {
  await prepareDatabase(url, webhook)
  const owner = createDatabase({ connectionString: url, applicationName: 'test', maxConnections: 1 })
  try {
    for (const kind of SERVICE_KINDS) {
      const own = new URL(url)
      own.username = serviceRoleName(kind)
      own.password = makePassword()
      await createServiceRole(owner, kind, own.password)
      await grantServiceRole(owner, kind)
      settings[kind] = { DATABASE_URL: own.href }
    }
    await openHost(owner)
  } finally {
    await owner.destroy()
  }
}

beforeAll(async () => {
  stack = await startStack({ report: () => {}, environment: {}, prepare, settings })
  db = createDatabase({
    connectionString: stack.addresses.databaseUrl,
    applicationName: 'test',
    maxConnections: 2,
  })
}, 120_000)
afterAll(async () => {
  await db.destroy()
  await stack.stop()
}, 60_000)

const until = (what: string, isSo: () => Promise<boolean>) => waitFor(isSo, { what, timeoutMs: 60_000 })

test('a user comes, changes size, goes, and comes back', async () => {
  const { userId } = await createUser(db, { tier: 'free' })
  await createTrader(db, userId)
  const status = async () => (await findLiveApp(db, userId))?.status
  await setTier(db, userId, 'pro')
  await until('an active app', async () => (await status()) === 'active')
  await setTier(db, userId, 'elite')
  await until('its new size', async () => (await findLiveApp(db, userId))?.memoryMb === 1_024)
  await setTier(db, userId, 'free')
  await until('its end', async () => (await status()) === undefined)
  await setTier(db, userId, 'pro')
  await until('the next one', async () => (await status()) === 'active')
  expect((await listAppsByUser(db, userId)).map((row) => row.errorCode)).toEqual([null, null])
  const logs = [...stack.services.values()].map((service) => service.logs()).join('\n')
  expect(logs).not.toContain('permission denied')
}, 240_000)

test('the doctor finds nothing that is not well but the image, and sees a webhook arrive', async () => {
  const response = await fetch(`${urlOf(stack.addresses, 'api')}/v1/doctor`, {
    method: 'POST',
    headers: { apikey: stack.secrets.serviceRoleKey, 'content-type': 'application/json' },
    body: '{}',
  })
  const { findings } = (await response.json()) as { findings: { code: string; severity: string }[] }
  const codes = findings.map(({ code }) => code)
  expect(codes).toEqual(
    expect.arrayContaining(['role_is_least', 'host_rows_visible', 'webhook_arrives', 'fly_token_works']),
  )
  expect(findings.filter(({ severity }) => severity === 'critical')).toEqual([])
  expect(findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code)).toEqual([
    'image_not_pinned',
  ])
}, 60_000)
