// Writes db/schema.sql, what the migrations add up to, and notes each new migration in db/migrations/checksums.txt.
// A migration that was noted and then edited is refused. `--verify` writes nothing and exits 1 on any difference.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { dumpSchema } from '../packages/db/src/dump-schema.ts'
import { readMigrations } from '../packages/db/src/index.ts'
import { withMigratedDatabase } from './lib/migrated-database.ts'

const schemaFile = fileURLToPath(new URL('../db/schema.sql', import.meta.url))
const checksumsFile = fileURLToPath(new URL('../db/migrations/checksums.txt', import.meta.url))
const verify = process.argv.includes('--verify')

const committed = await readOrEmpty(checksumsFile)
const checksums = (await readMigrations()).map(({ name, sha256 }) => `${sha256}  ${name}.sql\n`).join('')
if (!checksums.startsWith(committed)) {
  console.error(
    'A migration in db/migrations/checksums.txt was edited or removed. Restore it, and add a new one.',
  )
  process.exit(1)
}
const schema = await withMigratedDatabase(dumpSchema)
if (!verify) {
  await writeFile(checksumsFile, checksums)
  await writeFile(schemaFile, schema)
  console.log('Wrote db/schema.sql and db/migrations/checksums.txt.')
} else if (checksums === committed && schema === (await readOrEmpty(schemaFile))) {
  console.log('db/schema.sql and db/migrations/checksums.txt are up to date.')
} else {
  console.error(
    'db/schema.sql or db/migrations/checksums.txt is not what the migrations say. Run: npm run generate',
  )
  process.exitCode = 1
}

function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
