// Writes web/admin/src/api/schema.generated.ts, what the admin page knows of the API, from docs/openapi.json.
// `--verify` writes nothing and exits 1 on a difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'
import { root } from './lib/paths.ts'

const name = 'web/admin/src/api/schema.generated.ts'
const file = join(root, name)
const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
  paths: Record<string, object>
}
// What apps, databases and monitors call is none of the page's business.
document.paths = Object.fromEntries(
  Object.entries(document.paths).filter(([path]) => /^\/(v1|admin)(\/|$|\.)/.test(path)),
)
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
