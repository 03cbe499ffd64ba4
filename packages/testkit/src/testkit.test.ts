import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { Redis } from 'ioredis'
import {
  countKeptRows,
  createTrader,
  createUser,
  insertExecutions,
  insertSignals,
  setTier,
  useTestDatabase,
  useTestRedis,
  waitFor,
} from './index.ts'

const t = useTestDatabase()
const r = useTestRedis()

test('a file has a migrated database of its own, with the host product in it', async () => {
  const { userId } = await createUser(t.db)
  const { traderId } = await createTrader(t.db, userId, { name: 'breakout' })
  await insertSignals(t.db, userId, traderId, 3)
  await insertExecutions(t.db, userId, traderId, 2)
  expect(await countKeptRows(t.db, userId)).toEqual({ traders: 1, signals: 3, executions: 2 })

  const disabled = await sql<{ enabled: boolean; by: string }>`
    select enabled, disabled_by as by from public.traders where id = ${traderId}`.execute(t.db)
  expect(disabled.rows).toEqual([{ enabled: false, by: 'quota' }])
  await setTier(t.db, userId, 'pro')
  const enabled = await sql`select enabled from public.traders where id = ${traderId}`.execute(t.db)
  expect(enabled.rows).toEqual([{ enabled: true }])
  const want = await sql<{ v: number }>`
    select wanted_version as v from hangar.user_wants where user_id = ${userId}`.execute(t.db)
  expect(want.rows[0]?.v).toBe(2)
})

test('a file has a corner of Redis', async () => {
  const redis = new Redis(r.url)
  await redis.set(`${r.prefix}:x`, '1')
  expect(await redis.get(`${r.prefix}:x`)).toBe('1')
  await redis.quit()
})

test('waitFor names what it waited for and what it last saw', async () => {
  let calls = 0
  expect(await waitFor(() => ++calls === 3 && 'there', { what: 'three calls' })).toBe('there')
  await expect(waitFor(() => null, { what: 'a row', timeoutMs: 50 })).rejects.toThrow(
    'Waited 50 ms for a row; last seen: null',
  )
})
