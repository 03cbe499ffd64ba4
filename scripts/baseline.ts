// Makes DATABASE_URL, migrated before, a host product to try Hangar on: db/baseline (profiles, subscriptions,
// traders and their quota), with Hangar installed on it. For a local database only; a real project has its own.
import { createDatabase, DEFAULT_HOST_MAPPING, installHost, loadBaseline } from '../packages/db/src/index.ts'

const connectionString = process.env['DATABASE_URL']
if (connectionString === undefined || connectionString === '') {
  console.error('Set DATABASE_URL to the database that is to hold the product tables.')
  process.exit(78)
}

await loadBaseline(connectionString)
const db = createDatabase({ connectionString, applicationName: 'hangar-baseline' })
try {
  await installHost(db, DEFAULT_HOST_MAPPING)
} finally {
  await db.destroy()
}
console.log('The product tables of db/baseline are there, and Hangar is installed on them.')
