import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { baselineDirectory } from './paths.ts'

/**
 * Loads the host product's side (db/baseline) into a local or test database: Supabase's roles, doubles of Vault
 * and pg_net, the product's tables and its quota trigger. Never for a real Supabase project. May be repeated.
 */
export async function loadBaseline(connectionString: string): Promise<void> {
  const files = (await readdir(baselineDirectory)).filter((name) => name.endsWith('.sql')).sort()
  const client = new pg.Client({ connectionString, application_name: 'hangar-baseline' })
  await client.connect()
  try {
    await client.query('begin')
    for (const file of files) await client.query(await readFile(join(baselineDirectory, file), 'utf8'))
    await client.query('commit')
  } finally {
    await client.end()
  }
}
