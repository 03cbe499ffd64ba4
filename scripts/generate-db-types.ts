// Writes packages/db/src/schema.generated.ts: the row types, read from the catalog by kysely-codegen. `--verify`
// writes nothing and exits 1 when they are out of date.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { withMigratedDatabase } from './lib/migrated-database.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = 'packages/db/src/schema.generated.ts'
const verify = process.argv.includes('--verify')

const code = await withMigratedDatabase(runCodegen)
if (code === 0) console.log(verify ? `${file} is up to date.` : `Wrote ${file}.`)
else if (verify) console.error(`${file} does not match the migrations. Run: npm run generate`)
process.exitCode = code === 0 ? 0 : 1

function runCodegen(url: string): Promise<number> {
  const args = [
    'node_modules/kysely-codegen/dist/cli/bin.js',
    '--dialect=postgres',
    '--camel-case',
    `--url=${url}`,
    '--include-pattern={hangar.*,public.user_fly_app*}',
    // The migrator's own tables.
    '--exclude-pattern=hangar.migration{,_lock}',
    // createDatabase parses bigint into a number.
    '--type-mapping={"int8":"number"}',
    '--log-level=error',
    `--out-file=${file}`,
    ...(verify ? ['--verify'] : []),
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
    child.once('error', reject)
    child.once('close', (status) => resolve(status ?? 1))
  })
}
