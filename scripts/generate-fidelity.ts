// Writes docs/fidelity.md, which says how true the stand-in is to Fly, from the tables in its code. `--verify` writes
// nothing and exits 1 on a difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderFidelity } from '../packages/fly-sim/src/testing/fidelity/render.ts'
import { root } from './lib/paths.ts'

const name = 'docs/fidelity.md'
const file = join(root, name)
const wanted = renderFidelity()
if (existsSync(file) && readFileSync(file, 'utf8') === wanted) {
  console.log(`${name} is up to date.`)
} else if (process.argv.includes('--verify')) {
  console.error(`${name} is not what packages/fly-sim/src/testing/fidelity says. Run: npm run generate`)
  process.exitCode = 1
} else {
  writeFileSync(file, wanted)
  console.log(`Wrote ${name}.`)
}
