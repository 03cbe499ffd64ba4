// Writes docs/openapi.json, the API's own description, from the declarations of its routes, once it has been found to
// be valid OpenAPI 3.1. `--verify` writes nothing and exits 1 on a difference. `--release` also makes it what later
// changes are compared with (docs/openapi.released.json): at a release, or where a break is meant.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describeApi } from '../services/api/src/openapi/document.ts'
import { allRoutes } from '../services/api/src/routes/index.ts'
import { root } from './lib/paths.ts'

const name = 'docs/openapi.json'
const file = join(root, name)
const wanted = `${JSON.stringify(describeApi(allRoutes), null, 2)}\n`
const { valid, errors } = await new Validator().validate(wanted)
if (!valid) {
  console.error(`The API's description is no valid OpenAPI 3.1: ${JSON.stringify(errors, null, 2)}`)
  process.exitCode = 1
} else if (existsSync(file) && readFileSync(file, 'utf8') === wanted) {
  console.log(`${name} is up to date.`)
} else if (process.argv.includes('--verify')) {
  console.error(`${name} is not what the routes of services/api declare. Run: npm run generate`)
  process.exitCode = 1
} else {
  writeFileSync(file, wanted)
  console.log(`Wrote ${name}.`)
}
if (process.argv.includes('--release') && valid) {
  // In one line: nobody reads it, and its changes are those of the other.
  writeFileSync(join(root, 'docs/openapi.released.json'), `${JSON.stringify(JSON.parse(wanted))}\n`)
  console.log('Wrote docs/openapi.released.json.')
}
