// Writes docs/app-lifecycle.md from plan(). `--verify` writes nothing and exits 1 on a difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lifecyclePage } from './lib/lifecycle-page.ts'
import { root } from './lib/paths.ts'

const file = 'docs/app-lifecycle.md'
const path = join(root, file)
const wanted = lifecyclePage()
if (existsSync(path) && readFileSync(path, 'utf8') === wanted) {
  console.log(`${file} is up to date.`)
} else if (process.argv.includes('--verify')) {
  console.error(`${file} is not what plan() says. Run: npm run generate`)
  process.exitCode = 1
} else {
  writeFileSync(path, wanted)
  console.log(`Wrote ${file}.`)
}
