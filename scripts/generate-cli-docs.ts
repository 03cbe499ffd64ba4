// Writes docs/cli.md, the program `hangar` command by command, from its own help. `--verify` writes nothing and exits 1 on a
// difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliPage } from './lib/cli-page.ts'
import { root } from './lib/paths.ts'

const PAGE = 'docs/cli.md'
const file = join(root, PAGE)
const wanted = cliPage()

if (existsSync(file) && readFileSync(file, 'utf8') === wanted) {
  console.log(`${PAGE} is up to date.`)
} else if (process.argv.includes('--verify')) {
  console.error(`${PAGE} is not what the program's help says. Run: npm run generate`)
  process.exitCode = 1
} else {
  writeFileSync(file, wanted)
  console.log(`Wrote ${PAGE}.`)
}
