// Writes the table of errors in packages/fly-client/README.md from the registry in its code. `--verify` writes nothing
// and exits 1 on a difference.
import { writeFileSync } from 'node:fs'
import { README, readmeWithErrors } from '../packages/fly-client/src/testing/errors-table.ts'

const file = 'packages/fly-client/README.md'
const { actual, wanted } = readmeWithErrors()
if (actual === wanted) {
  console.log(`${file} is up to date.`)
} else if (process.argv.includes('--verify')) {
  console.error(`The table of errors in ${file} is not what the code says. Run: npm run generate`)
  process.exitCode = 1
} else {
  writeFileSync(README, wanted)
  console.log(`Wrote ${file}.`)
}
