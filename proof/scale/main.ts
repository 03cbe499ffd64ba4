// npm run scale -- --users 300,1000: the life of a fleet of each size on virtual time, with the real engine on a real
// PostgreSQL, beside what arithmetic says of it. npm run scale -- --at-rest 10000,1000000: tables of each size, and each
// piece of what Hangar does by the clock once over them. Without either, a short run of both. `--workers` and `--slots`
// say how many workers there are, and how many jobs one works on in each lane. Ends with 1 if anything was wrong.
import { parseArgs } from 'node:util'
import { startPostgres } from '@hangar/testkit/local'
import { createStore } from '../simulation/database.ts'
import { measureAtRest } from './at-rest.ts'
import { startFleet } from './fleet.ts'
import { type Life, live } from './life.ts'
import { growthTable, lifeTables, restTables } from './print.ts'

const EXIT_USAGE = 64
const SHORT = { users: '300', atRest: '10000' }

const { values } = parseArgs({
  options: {
    users: { type: 'string' },
    'at-rest': { type: 'string' },
    workers: { type: 'string', default: '1' },
    slots: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
})
const both = values.users === undefined && values['at-rest'] === undefined
const lifeSizes = sizesOf(values.users ?? (both ? SHORT.users : ''))
const restSizes = sizesOf(values['at-rest'] ?? (both ? SHORT.atRest : ''))
const [workers, slots, seed] = [values.workers, values.slots, values.seed].map(Number) as [
  number,
  number,
  number,
]
if (![...lifeSizes, ...restSizes, workers, slots, seed].every((size) => Number.isInteger(size) && size > 0)) {
  console.error('--users and --at-rest take whole numbers with commas between, the others take one.')
  process.exit(EXIT_USAGE)
}

const say = (line: string) => console.error(`  ${line}`)
const lives: Life[] = []
for (const users of lifeSizes) {
  console.error(`the life of ${users} users`)
  const life = await onServer(async (serverUrl) => {
    const store = await createStore(serverUrl, 'scale')
    const fleet = await startFleet({ store, users, workers, slots, seed })
    try {
      return await live(fleet, say)
    } finally {
      fleet.simulation.stop()
      await store.close()
    }
  })
  lives.push(life)
  console.log(lifeTables(life))
}
if (lives.length > 1) console.log(growthTable(lives))

for (const users of restSizes) {
  console.error(`${users} users at rest`)
  const rest = await onServer(async (serverUrl, urlOf) => {
    const store = await createStore(serverUrl, 'scale')
    try {
      return await measureAtRest({ store, databaseUrl: urlOf('scale'), users, say })
    } finally {
      await store.close()
    }
  })
  console.log(restTables(rest))
}
process.exitCode = lives.some(({ wrong }) => wrong.length > 0) ? 1 : 0

/** Each size begins with a PostgreSQL of its own: what is left of the size before would be measured too. */
async function onServer<T>(
  run: (serverUrl: string, urlOf: (name: string) => string) => Promise<T>,
): Promise<T> {
  const postgres = await startPostgres()
  try {
    return await run(postgres.url, (name) => postgres.urlOf(name))
  } finally {
    await postgres.stop()
  }
}

function sizesOf(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number)
}
