import { createClient } from '@hangar/db'
import { afterAll, beforeAll } from '@jest/globals'

/** Rows as the database has them, for what a test looks at, or ages, past the repositories. */
export async function queryRows<Row extends object>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = createClient({ connectionString: url, applicationName: 'test' })
  await client.connect()
  try {
    let rows: Row[] = []
    for (const statement of statements) ({ rows } = await client.query<Row>(statement))
    return rows
  } finally {
    await client.end()
  }
}

/** The same over one connection for the whole file, where there are many. */
export function useConnection(database: { readonly url: string }) {
  let client: ReturnType<typeof createClient> | undefined
  beforeAll(async () => {
    client = createClient({ connectionString: database.url, applicationName: 'test' })
    // The database may be dropped first, with whoever is still connected.
    client.on('error', () => undefined)
    await client.connect()
  })
  afterAll(() => client?.end())
  return {
    query: async <Row extends object>(statement: string): Promise<Row[]> => {
      if (!client) throw new Error('useConnection: the connection exists only inside tests and hooks.')
      return (await client.query<Row>(statement)).rows
    },
  }
}
