import { useTestDatabase } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'

const t = useTestDatabase()

/** As a restart of PostgreSQL does it, between two statements of one transaction. */
async function endSession(pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid})`.execute(t.db)
}

/** Without a listener on the connection, its error ends the test as it would end the process. */
test('a connection that breaks in the middle of a transaction fails that transaction, and not the process', async () => {
  const failed = await t.db
    .transaction()
    .execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await endSession(rows[0]!.pid)
      // The end of the session is read while no statement is under way.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      await sql`select 1`.execute(tx)
    })
    .catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(Error)
  expect((await sql<{ one: number }>`select 1 as one`.execute(t.db)).rows).toEqual([{ one: 1 }])
})
