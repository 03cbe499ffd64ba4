import { useTestDatabase } from '@hangar/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createDatabase, type Database } from './database.ts'

const database = useTestDatabase()

/** One connection only: what is prepared on it can be seen, and nothing happens on another. */
let db: Database
beforeAll(() => {
  db = createDatabase({ connectionString: database.url, applicationName: 'test', maxConnections: 1 })
})
afterAll(() => db.destroy())
beforeEach(async () => {
  await sql`drop table if exists hangar.thing`.execute(db)
  await sql`create table hangar.thing as select 1 as id, 'a' as name`.execute(db)
})

const thing = (on: Pick<Database, 'getExecutor'> = db) =>
  sql<Record<string, unknown>>`select * from hangar.thing where id = ${1}`.execute(on)

async function prepared(containing: string): Promise<{ calls: number }[]> {
  const { rows } = await sql<{ calls: number }>`
    select (generic_plans + custom_plans)::int as calls from pg_prepared_statements
    where statement like ${`%${containing}%`} and statement not like '%pg_prepared_statements%'`.execute(db)
  return rows
}

const addColumn = () => sql`alter table hangar.thing add column extra text default 'new'`.execute(db)

describe('a statement', () => {
  test('is prepared once and used again', async () => {
    for (let call = 0; call < 3; call++) await sql`select ${call}::int as prepared_once`.execute(db)
    expect(await prepared('prepared_once')).toEqual([{ calls: 3 }])
  })

  test('without parameters is not prepared', async () => {
    await sql`select 1 as never_prepared`.execute(db)
    expect(await prepared('never_prepared')).toEqual([])
  })

  test('of which there are too many is run all the same', async () => {
    const single = createDatabase({
      connectionString: database.url,
      applicationName: 'test',
      maxConnections: 1,
    })
    for (let n = 0; n < 310; n++) {
      const { rows } = await sql<{
        got: number
      }>`select ${n}::int as got, ${sql.raw(String(n))} as n`.execute(single)
      expect(rows[0]?.got).toBe(n)
    }
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from pg_prepared_statements where name like 'hangar_%'`.execute(single)
    expect(rows).toEqual([{ count: 300 }])
    await single.destroy()
  })

  test('that fails fails as ever, and works the next time', async () => {
    const divide = (by: number) => sql<{ got: number }>`select 6 / ${by}::int as got`.execute(db)
    await divide(1)
    await expect(divide(0)).rejects.toMatchObject({ code: '22012' })
    expect((await divide(2)).rows).toEqual([{ got: 3 }])
  })
})

describe('a migration under running connections', () => {
  test('goes unnoticed', async () => {
    expect((await thing()).rows).toEqual([{ id: 1, name: 'a' }])
    await addColumn()
    expect((await thing()).rows).toEqual([{ id: 1, name: 'a', extra: 'new' }])
    expect((await thing()).rows).toEqual([{ id: 1, name: 'a', extra: 'new' }])
  })

  test('may cost a transaction, once', async () => {
    await thing()
    await addColumn()
    const attempt = () => db.transaction().execute(async (tx) => (await thing(tx)).rows)
    await expect(attempt()).rejects.toMatchObject({ code: '0A000' })
    expect(await attempt()).toEqual([{ id: 1, name: 'a', extra: 'new' }])
  })

  test('a connection whose statements were discarded goes on', async () => {
    await thing()
    await sql`deallocate all`.execute(db)
    expect((await thing()).rows).toEqual([{ id: 1, name: 'a' }])
  })
})
