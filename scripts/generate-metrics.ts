// Writes docs/metrics.md: every series, as the real processes show it when they have just started. `--verify` does
// nothing: scripts/series.test.ts holds the page against the processes, which takes some seconds and is done once.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './lib/paths.ts'
import { metricsPage, scrapeServices } from './lib/series.ts'
import { openDatabase, openRedis, prepareDatabase } from './stack/stores.ts'

const PAGE = 'docs/metrics.md'

if (process.argv.includes('--verify')) console.log(`${PAGE} is checked by scripts/series.test.ts.`)
else await generate()

async function generate(): Promise<void> {
  const database = await openDatabase({}, console.log)
  const redis = await openRedis({}, console.log)
  try {
    await prepareDatabase(database.url, { url: 'http://127.0.0.1:1', secret: 'whsec_' })
    const stores = { databaseUrl: database.url, redisUrl: redis.url, queuePrefix: redis.prefix }
    await writeFile(join(root, PAGE), metricsPage(await scrapeServices(stores)))
    console.log(`Wrote ${PAGE}.`)
  } finally {
    await redis.remove()
    await database.remove()
  }
}
