// Writes what the admin page and the program `hangar` know of the API, each into a schema.generated.ts of its own, from
// docs/openapi.json. `--verify` writes nothing and exits 1 on a difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'
import { root } from './lib/paths.ts'

/** What apps, databases and monitors call is the business of neither; signing in is the page's alone. */
const READERS = {
  'web/admin/src/api/schema.generated.ts': /^\/(v1|admin)(\/|$|\.)/,
  'cli/src/http/schema.generated.ts': /^\/(v1(\/|$|\.)|healthz$|readyz$)/,
}

for (const [name, paths] of Object.entries(READERS)) await write(name, paths)

async function write(name: string, known: RegExp): Promise<void> {
  const file = join(root, name)
  const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
    paths: Record<string, object>
  }
  document.paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => known.test(path)))
  const types = astToString(await openapiTS(JSON.stringify(document), { alphabetize: true }))
  const wanted = `// Generated from docs/openapi.json by scripts/generate-page-types.ts. Do not edit: run \`npm run generate\`.\n\n${types}`

  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) {
    console.log(`${name} is up to date.`)
  } else if (process.argv.includes('--verify')) {
    console.error(`${name} is not what docs/openapi.json describes. Run: npm run generate`)
    process.exitCode = 1
  } else {
    writeFileSync(file, wanted)
    console.log(`Wrote ${name}.`)
  }
}
