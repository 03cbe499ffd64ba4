import { randomUUID } from 'node:crypto'
import { createUser, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import {
  findAppById,
  findAppByName,
  findLiveApp,
  insertApp,
  listAppsByUser,
  listLiveApps,
  nextGeneration,
  updateApp,
  type NewApp,
} from './apps.ts'
import { hasEventSince, insertEvent, listEvents } from './events.ts'
import { anApp } from './test-data.ts'

describe('user_fly_apps', () => {
  const t = useTestDatabase({ maxConnections: 10 })
  const insert = (userId: string, change: Partial<NewApp> = {}) =>
    t.db.transaction().execute((tx) => insertApp(tx, anApp(userId, change)))
  const update = (id: string, patch: Parameters<typeof updateApp>[2]) =>
    t.db.transaction().execute((tx) => updateApp(tx, id, patch))

  test('a life: reserved, changed, deleted, and a next generation after it', async () => {
    const { userId } = await createUser(t.db)
    const app = await insert(userId)
    expect(app).toMatchObject({
      status: 'provisioning',
      healthStatus: 'unknown',
      monthlyCostEstimateUsd: '6.00',
    })
    expect(await findLiveApp(t.db, userId)).toEqual(app)
    expect(await findAppById(t.db, app.id)).toEqual(app)
    expect(await findAppByName(t.db, app.flyAppName)).toEqual(app)

    const active = await update(app.id, { status: 'active', deployedAt: 'now', secretsVersion: 7 })
    expect(active).toMatchObject({ status: 'active', secretsVersion: 7 })
    expect(active.deployedAt).toBeInstanceOf(Date)
    expect(active.updatedAt > app.updatedAt).toBe(true)

    await update(app.id, { status: 'deleted', deletedAt: 'now', finalCostUsd: '0.123456' })
    expect(await findLiveApp(t.db, userId)).toBeNull()
    const generation = await t.db.transaction().execute((tx) => nextGeneration(tx, userId))
    expect(generation).toBe(2)
    await insert(userId, { generation })
    const rows = await listAppsByUser(t.db, userId)
    expect(rows.map((row) => [row.generation, row.finalCostUsd])).toEqual([
      [2, null],
      [1, '0.123456'],
    ])
  })

  test('of many reservations at once for one user, one is made', async () => {
    const { userId } = await createUser(t.db)
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => insert(userId, { generation: index + 1 })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('a name that any row ever had is taken, and the transaction goes on', async () => {
    const first = await createUser(t.db)
    const { id, flyAppName } = await insert(first.userId)
    await update(id, { status: 'deleted', deletedAt: 'now' })
    const { userId } = await createUser(t.db)
    const app = await t.db.transaction().execute(async (tx) => {
      await expect(insertApp(tx, anApp(userId, { flyAppName }))).rejects.toMatchObject({
        code: 'app_name_taken',
      })
      return insertApp(tx, anApp(userId))
    })
    await expect(update(app.id, { flyAppName })).rejects.toMatchObject({ code: 'app_name_taken' })
  })

  test.each<[string, Parameters<typeof updateApp>[2]]>([
    ['deleted without its time', { status: 'deleted' }],
    ['a time of deletion on a live row', { deletedAt: 'now' }],
    ['a status nobody knows', { status: 'asleep' as 'active' }],
    ['a health nobody knows', { healthStatus: 'so so' as 'healthy' }],
  ])('the database refuses %s', async (_what, patch) => {
    const { userId } = await createUser(t.db)
    const { id } = await insert(userId)
    await expect(update(id, patch)).rejects.toThrow('violates check constraint')
  })

  test('no row is ever removed', async () => {
    const { userId } = await createUser(t.db)
    await insert(userId)
    await expect(sql`delete from public.user_fly_apps`.execute(t.db)).rejects.toThrow('its rows are kept')
    await expect(sql`truncate public.user_fly_apps cascade`.execute(t.db)).rejects.toThrow(
      'its rows are kept',
    )
  })

  test('live apps come in pages, by id, of one status if asked', async () => {
    const pages: string[] = []
    for (let afterId: string | undefined; ; afterId = pages.at(-1)) {
      const page = await listLiveApps(t.db, { limit: 2, ...(afterId && { afterId }) })
      pages.push(...page.map(({ id }) => id))
      if (page.length === 0) break
    }
    expect(pages).toEqual([...new Set(pages)].toSorted())
    expect(pages.length).toBeGreaterThan(2)
    const { userId } = await createUser(t.db)
    const { id } = await insert(userId)
    await update(id, { status: 'error' })
    expect((await listLiveApps(t.db, { limit: 10, status: 'error' })).map((row) => row.id)).toEqual([id])
  })
})

describe('user_fly_app_events', () => {
  const t = useTestDatabase()

  test('are appended, listed newest first by user or app, and never changed', async () => {
    const { userId } = await createUser(t.db)
    const app = await t.db.transaction().execute((tx) => insertApp(tx, anApp(userId)))
    const event = { userFlyAppId: app.id, userId, status: 'success', actor: 'test' } as const
    await insertEvent(t.db, {
      ...event,
      eventType: 'provision_started',
      metadata: { guest: { memory_mb: 512 } },
    })
    await insertEvent(t.db, { ...event, eventType: 'provision_completed', message: 'up' })
    await insertEvent(t.db, { ...event, userFlyAppId: null, eventType: 'deprovision_completed' })

    const all = await listEvents(t.db, { userId, limit: 10 })
    expect(all.map(({ eventType }) => eventType)).toEqual([
      'deprovision_completed',
      'provision_completed',
      'provision_started',
    ])
    expect(all[2]?.metadata).toEqual({ guest: { memory_mb: 512 } })
    const [newest] = await listEvents(t.db, { appId: app.id, limit: 1 })
    const older = await listEvents(t.db, { appId: app.id, beforeId: newest!.id, limit: 10 })
    expect(older.map(({ eventType }) => eventType)).toEqual(['provision_started'])

    for (const change of [
      'update public.user_fly_app_events set message = null',
      'delete from public.user_fly_app_events',
    ])
      await expect(sql`${sql.raw(change)}`.execute(t.db)).rejects.toThrow('its rows are kept')
  })

  test('an event counts from a moment on', async () => {
    const { userId } = await createUser(t.db)
    const app = await t.db.transaction().execute((tx) => insertApp(tx, anApp(userId)))
    const { createdAt } = await insertEvent(t.db, {
      userFlyAppId: app.id,
      userId,
      eventType: 'deprovision_drained',
      status: 'success',
      actor: 'test',
    })
    expect(await hasEventSince(t.db, app.id, 'deprovision_drained', createdAt)).toBe(true)
    expect(await hasEventSince(t.db, app.id, 'resize_drained', createdAt)).toBe(false)
    expect(await hasEventSince(t.db, app.id, 'deprovision_drained', new Date(createdAt.getTime() + 1))).toBe(
      false,
    )
  })

  test('a type or status that nobody knows is refused', async () => {
    const event = { userFlyAppId: null, userId: randomUUID(), actor: 'test' }
    await expect(insertEvent(t.db, { ...event, eventType: 'exploded', status: 'failed' })).rejects.toThrow(
      'check',
    )
    await expect(
      insertEvent(t.db, { ...event, eventType: 'provision_started', status: 'maybe' as 'failed' }),
    ).rejects.toThrow('check')
  })
})
