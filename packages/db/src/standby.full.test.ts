import { REPLICATED_SETTINGS, startPostgres, startStandby } from '@hangar/testkit'
import { afterAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createDatabase } from './database.ts'

const undo: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of undo.reverse()) await stop()
}, 30_000)

test('nothing is read from a server that only follows another, until it takes its place', async () => {
  const primary = await startPostgres({ settings: REPLICATED_SETTINGS })
  undo.push(() => primary.stop())
  const standby = await startStandby(primary)
  undo.push(() => standby.stop())
  const db = createDatabase({ connectionString: standby.url, applicationName: 'test' })
  undo.push(() => db.destroy())
  const look = () => sql<{ one: number }>`select 1 as one`.execute(db)

  await expect(look()).rejects.toMatchObject({ code: '57P03', message: expect.stringContaining('standby') })
  await standby.promote()
  expect((await look()).rows).toEqual([{ one: 1 }])
}, 120_000)
