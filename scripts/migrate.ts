// Brings the database at DATABASE_URL up to date and says what it applied. With `--host`, installs Hangar on the
// host product's tables too: `--host default` for the product's own names, or `--host mapping.json` for others.
// DATABASE_URL: a direct or session-mode connection (port 5432). Through a transaction pooler the lock would leak.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { isTransactionPooler } from '../packages/core/src/index.ts'
import {
  createDatabase,
  DEFAULT_HOST_MAPPING,
  migrateToLatest,
  replaceHost,
  type HostMapping,
} from '../packages/db/src/index.ts'

const EXIT_USAGE = 64
const EXIT_CONFIG = 78

const { values } = parse()
const connectionString = process.env['DATABASE_URL']
if (!connectionString) {
  fail(EXIT_CONFIG, 'Set DATABASE_URL to the database to migrate (port 5432, not a transaction pooler).')
}
if (isTransactionPooler(connectionString)) {
  fail(
    EXIT_CONFIG,
    'DATABASE_URL names port 6543, a transaction pooler: use port 5432, direct or in session mode.',
  )
}

try {
  const { applied } = await migrateToLatest(connectionString)
  console.log(applied.length === 0 ? 'Up to date.' : `Applied: ${applied.join(', ')}.`)
  if (values.host !== undefined) await install(connectionString, values.host)
} catch (error) {
  fail(1, error instanceof Error ? error.message : String(error))
}

async function install(url: string, host: string): Promise<void> {
  const mapping =
    host === 'default' ? DEFAULT_HOST_MAPPING : (JSON.parse(await readFile(host, 'utf8')) as HostMapping)
  const db = createDatabase({ connectionString: url, applicationName: 'hangar-migrate', maxConnections: 1 })
  try {
    await replaceHost(db, mapping)
  } finally {
    await db.destroy()
  }
  console.log(`Installed on ${mapping.subscriptions.table}.`)
}

function parse() {
  try {
    return parseArgs({ options: { host: { type: 'string' } } })
  } catch (error) {
    fail(EXIT_USAGE, `${(error as Error).message}\nUsage: migrate [--host default|mapping.json]`)
  }
}

function fail(code: number, message: string): never {
  console.error(`migrate: ${message}`)
  process.exit(code)
}
