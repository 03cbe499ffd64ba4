import { createTrader, createUser, setTier, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { loadBaseline } from './baseline.ts'

describe('the host product’s quota', () => {
  const t = useTestDatabase()

  const traders = async (userId: string) => {
    const { rows } = await sql<{ name: string; enabled: boolean; disabledBy: string | null }>`
      select name, enabled, disabled_by from public.traders where user_id = ${userId} order by created_at, id`.execute(
      t.db,
    )
    return rows
  }
  const summary = async (userId: string) => {
    const rows = await traders(userId)
    return {
      all: rows.length,
      enabled: rows.filter(({ enabled }) => enabled).length,
      byQuota: rows.filter(({ disabledBy }) => disabledBy === 'quota').length,
    }
  }
  const createTraders = async (userId: string, count: number) => {
    for (let index = 0; index < count; index++) await createTrader(t.db, userId, { name: `t${index}` })
  }

  test('a downgrade disables custom traders, deletes none, and leaves built-in ones alone', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const { traderId: builtIn } = await createTrader(t.db, null)
    await createTraders(userId, 3)
    await setTier(t.db, userId, 'free')
    expect(await summary(userId)).toEqual({ all: 3, enabled: 0, byQuota: 3 })
    const { rows } = await sql`select enabled, disabled_by from public.traders where id = ${builtIn}`.execute(
      t.db,
    )
    expect(rows).toEqual([{ enabled: true, disabledBy: null }])
  })

  test('an upgrade enables those that the quota disabled, up to the new quota, oldest first', async () => {
    const { userId } = await createUser(t.db, { tier: 'elite' })
    await createTraders(userId, 13)
    await setTier(t.db, userId, 'free')
    await setTier(t.db, userId, 'pro')
    expect(await summary(userId)).toEqual({ all: 13, enabled: 10, byQuota: 3 })
    const enabled = (await traders(userId)).filter((trader) => trader.enabled).map(({ name }) => name)
    expect(enabled).toEqual(Array.from({ length: 10 }, (_, index) => `t${index}`))
    await setTier(t.db, userId, 'elite')
    expect(await summary(userId)).toEqual({ all: 13, enabled: 13, byQuota: 0 })
  })

  test('what the user switched off stays off', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await createTraders(userId, 2)
    await sql`update public.traders set enabled = false, disabled_by = 'user' where user_id = ${userId} and name = 't0'`.execute(
      t.db,
    )
    await setTier(t.db, userId, 'free')
    await setTier(t.db, userId, 'elite')
    expect(await traders(userId)).toEqual([
      { name: 't0', enabled: false, disabledBy: 'user' },
      { name: 't1', enabled: true, disabledBy: null },
    ])
  })

  test('a deleted subscription counts as free; a trader made above the quota starts disabled', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await createTraders(userId, 11)
    expect(await summary(userId)).toEqual({ all: 11, enabled: 10, byQuota: 1 })
    await sql`delete from public.user_subscriptions where user_id = ${userId}`.execute(t.db)
    expect(await summary(userId)).toEqual({ all: 11, enabled: 0, byQuota: 11 })
  })

  test('switching one trader off does not start another', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await createTraders(userId, 11)
    await sql`update public.traders set enabled = false where user_id = ${userId} and name = 't0'`.execute(
      t.db,
    )
    expect(await summary(userId)).toEqual({ all: 11, enabled: 9, byQuota: 1 })
  })

  test('the baseline may be loaded again, and keeps what is there', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await createTraders(userId, 1)
    await loadBaseline(t.url)
    expect(await summary(userId)).toEqual({ all: 1, enabled: 1, byQuota: 0 })
  })
})
