import { createClient } from '@hangar/db'

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
