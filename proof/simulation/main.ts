// npm run simulate -- --histories 10000 --seed 1 --workers 2: random histories of Hangar on virtual time, each decided
// by its seed. Prints a table, and for each violation the command that shows that history turn by turn; ends with 1
// if there was any, or if a fault never struck in all of many histories. `--trace` prints every turn.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '@hangar/testkit/local'
import { createStore } from './database.ts'
import { runHistory } from './history.ts'
import type { Share } from './lane-process.ts'
import { addResult, addTotals, neverStruck, noTotals, tableOf, type Totals } from './totals.ts'

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    within: { type: 'string', default: '60' },
    trace: { type: 'boolean', default: false },
  },
})
const histories = Number(values.histories)
const firstSeed = Number(values.seed)
const workers = Number(values.workers)
const convergeWithinMs = Number(values.within) * 1_000
if (
  ![histories, firstSeed, workers, convergeWithinMs].every((value) => Number.isInteger(value) && value >= 0)
) {
  console.error('--histories, --seed, --workers and --within take whole numbers.')
  process.exit(64)
}

const startedAtMs = performance.now()
const postgres = await startPostgres()
try {
  const totals = workers > 1 ? await runInProcesses(postgres.url) : await runHere(postgres.url)
  for (const { seed, violations } of totals.failures) {
    console.log(`seed ${seed}:\n${violations.map((what) => `  ${what}`).join('\n')}`)
    console.log(`  npm run simulate -- --histories 1 --seed ${seed} --trace\n`)
  }
  console.log(tableOf(totals, performance.now() - startedAtMs))
  const missed = neverStruck(totals)
  if (missed.length > 0) console.log(`faults of Fly that never struck: ${missed.join(', ')}`)
  process.exitCode = totals.failures.length + missed.length > 0 ? 1 : 0
} finally {
  await postgres.stop()
}

async function runHere(serverUrl: string): Promise<Totals> {
  const totals = noTotals()
  const store = await createStore(serverUrl, 'simulation')
  try {
    for (let i = 0; i < histories; i++) {
      const result = await runHistory({
        seed: firstSeed + i,
        store,
        readable: values.trace,
        convergeWithinMs,
      })
      if (values.trace) console.log(`${result.lines.join('\n')}\n`)
      addResult(totals, result)
    }
  } finally {
    await store.close()
  }
  return totals
}

async function runInProcesses(serverUrl: string): Promise<Totals> {
  const shares = Array.from({ length: workers }, (_, index): Share => {
    const from = Math.floor((histories * index) / workers)
    const to = Math.floor((histories * (index + 1)) / workers)
    const database = `simulation_${index}`
    return { serverUrl, database, firstSeed: firstSeed + from, histories: to - from, convergeWithinMs }
  })
  const totals = noTotals()
  for (const share of await Promise.all(shares.map(runShare))) addTotals(totals, share)
  return totals
}

function runShare(share: Share): Promise<Totals> {
  const program = fileURLToPath(new URL('lane-process.ts', import.meta.url))
  const child = fork(program, [JSON.stringify(share)], { serialization: 'advanced' })
  return new Promise((resolve, reject) => {
    child.once('message', (totals) => resolve(totals as Totals))
    child.once('exit', (code) => reject(new Error(`a lane ended with ${code}`)))
  })
}
