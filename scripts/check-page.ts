// Part of npm run verify: builds the dashboard, and holds its JavaScript within what a browser should have to fetch.
import { BUILT_PAGE, buildAdminPage } from './lib/admin-page.ts'
import { measureJavaScript, MOST_JAVASCRIPT_BYTES } from './lib/page-size.ts'

await buildAdminPage()
const { bytes, largest } = measureJavaScript(BUILT_PAGE)
const kB = (count: number) => `${(count / 1_000).toFixed(1)} kB`
console.log(`${kB(bytes)} of JavaScript, gzipped; at most ${kB(MOST_JAVASCRIPT_BYTES)}`)
if (bytes === 0 || bytes > MOST_JAVASCRIPT_BYTES) {
  for (const [name, size] of largest) console.log(`  ${kB(size).padStart(9)}  ${name}`)
  process.exitCode = 1
}
