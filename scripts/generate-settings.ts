// Writes docs/operate/configure.md from the services' schemas and README.md's table. `--verify` writes nothing and exits 1
// on a difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/paths.ts'
import { renderSettings } from './lib/settings-page.ts'

const name = 'docs/operate/configure.md'
const file = join(root, name)
const wanted = renderSettings(readFileSync(join(root, 'README.md'), 'utf8'))
if (existsSync(file) && readFileSync(file, 'utf8') === wanted) {
  console.log(`${name} is up to date.`)
} else if (process.argv.includes('--verify')) {
  console.error(`${name} is not what the services' config.ts and README.md say. Run: npm run generate`)
  process.exitCode = 1
} else {
  writeFileSync(file, wanted)
  console.log(`Wrote ${name}.`)
}
