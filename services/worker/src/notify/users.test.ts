/** What users find in the product's own table of notifications, where the mapping names one. */
import { randomUUID } from 'node:crypto'
import { insertApp, type NewApp, updateApp } from '@hangar/db'
import { createUser, useTestDatabase } from '@hangar/testkit'
import { beforeEach, expect, test } from '@jest/globals'
import { useConnection } from '../testing/rows.ts'
import { tellUsers } from './users.ts'

const database = useTestDatabase()
const { query } = useConnection(database)
const db = () => database.db
const tell = () => tellUsers(db(), new AbortController().signal)

const NOTIFICATIONS = {
  table: 'public.notifications',
  user_id: 'user_id',
  title: 'title',
  body: 'body',
  kind: 'kind',
  created_at: 'created_at',
}
const map = (notifications: object | null) =>
  query(`select hangar.install_host(mapping - 'notifications' ||
    '${JSON.stringify(notifications === null ? {} : { notifications })}'::jsonb) from hangar.host_mapping`)
const noticesOf = (userId: string) =>
  query<{ kind: string; title: string; body: string }>(
    `select kind, title, body from public.notifications where user_id = '${userId}' order by created_at, kind`,
  )
const kindsOf = async (userId: string) => (await noticesOf(userId)).map(({ kind }) => kind)

async function appOf(userId: string, generation = 1): Promise<string> {
  const app: NewApp = {
    userId,
    generation,
    flyAppName: `vyx-user-${randomUUID().slice(0, 8)}`,
    network: 'n',
    tier: 'pro',
    region: 'iad',
    image: 'i',
    cpuKind: 'shared',
    cpus: 2,
    memoryMb: 512,
  }
  return (
    await db()
      .transaction()
      .execute((tx) => insertApp(tx, app))
  ).id
}
const change = (id: string, patch: Parameters<typeof updateApp>[2]) =>
  db()
    .transaction()
    .execute((tx) => updateApp(tx, id, patch))
const comes = (id: string) => change(id, { status: 'active', deployedAt: 'now' })
const goes = (id: string) => change(id, { status: 'deleted', deletedAt: 'now' })

beforeEach(async () => {
  await map(null)
  await query('truncate hangar.user_notices, public.notifications')
})

test('nobody is told unless the mapping says where; and nobody of what was before it did', async () => {
  const { userId } = await createUser(db())
  const id = await appOf(userId)
  await comes(id)
  expect(await tell()).toMatchObject({ told: 0 })
  await map(NOTIFICATIONS)
  expect(await tell()).toMatchObject({ told: 0 })
  await goes(id)
  expect(await tell()).toMatchObject({ told: 1 })
  expect(await kindsOf(userId)).toEqual(['app_deprovisioned'])
})

test('each coming and going is told once, however often and by however many it is looked at', async () => {
  await map(NOTIFICATIONS)
  const { userId } = await createUser(db())
  const first = await appOf(userId)
  await tell()
  await comes(first)
  await Promise.all([tell(), tell(), tell()])
  await change(first, { healthStatus: 'unhealthy' })
  await comes(first)
  await tell()
  expect(await noticesOf(userId)).toEqual([
    {
      kind: 'app_provisioned',
      title: expect.any(String),
      body: expect.stringMatching(/nothing you have to do/),
    },
  ])
  await goes(first)
  await Promise.all([tell(), tell()])
  // Paid again: a generation of its own.
  await comes(await appOf(userId, 2))
  await tell()
  await map(NOTIFICATIONS)
  await tell()
  expect(await kindsOf(userId)).toEqual(['app_provisioned', 'app_deprovisioned', 'app_provisioned'])
})

test('one that never came up, one that is replaced at once and one of a deleted user are not told of', async () => {
  await map(NOTIFICATIONS)
  const { userId: never } = await createUser(db())
  await goes(await appOf(never))
  const { userId: replaced } = await createUser(db())
  const old = await appOf(replaced)
  await comes(old)
  await tell()
  await goes(old)
  await comes(await appOf(replaced, 2))
  const gone = randomUUID()
  await comes(await appOf(gone))
  expect(await tell()).toEqual({ told: 1, before: 0, refused: 0 })
  expect(await kindsOf(never)).toEqual([])
  expect(await kindsOf(replaced)).toEqual(['app_provisioned', 'app_provisioned'])
})

test('what the table refuses keeps nobody else from being told, is an alert, and is told when the table takes it', async () => {
  await map(NOTIFICATIONS)
  const { userId: refused } = await createUser(db())
  const { userId } = await createUser(db())
  await query(`alter table public.notifications add constraint not_they check (user_id <> '${refused}')`)
  await comes(await appOf(refused))
  await comes(await appOf(userId))
  expect(await tell()).toEqual({ told: 1, before: 0, refused: 1 })
  expect(await kindsOf(userId)).toEqual(['app_provisioned'])
  const openAlerts = () =>
    query(`select kind, severity, message from hangar.alerts where resolved_at is null`)
  expect(await openAlerts()).toMatchObject([
    { kind: 'user_notice_failing', severity: 'warning', message: expect.stringMatching(/23514 .*not_they/) },
  ])
  await query('alter table public.notifications drop constraint not_they')
  expect(await tell()).toEqual({ told: 1, before: 0, refused: 0 })
  expect(await kindsOf(refused)).toEqual(['app_provisioned'])
  expect(await openAlerts()).toEqual([])
})

test('that notices were not taken is over once users are not to be told any more', async () => {
  await map(NOTIFICATIONS)
  const { userId } = await createUser(db())
  await query(`alter table public.notifications add constraint not_they check (user_id <> '${userId}')`)
  await comes(await appOf(userId))
  const open = () => query(`select kind from hangar.alerts where resolved_at is null`)
  expect(await tell()).toMatchObject({ refused: 1 })
  expect(await open()).toEqual([{ kind: 'user_notice_failing' }])
  await map(null)
  await tell()
  expect(await open()).toEqual([])
  await query('alter table public.notifications drop constraint not_they')
})

test('a mapping with a column of the wrong type, or one that is not there, is refused by its name', async () => {
  await expect(map({ ...NOTIFICATIONS, title: 'read_at' })).rejects.toThrow(
    /notifications.title: column "read_at" is timestamp/,
  )
  await expect(map({ ...NOTIFICATIONS, body: 'nowhere' })).rejects.toThrow(
    /notifications.body: .* has no column "nowhere"/,
  )
})
