// A share of the histories, in a process and a database of its own.
import { createStore } from './database.ts'
import { runHistory } from './history.ts'
import { addResult, noTotals } from './totals.ts'

export type Share = {
  serverUrl: string
  database: string
  firstSeed: number
  histories: number
  convergeWithinMs: number
}

const share = JSON.parse(process.argv[2] ?? '') as Share
const store = await createStore(share.serverUrl, share.database)
const totals = noTotals()
for (let i = 0; i < share.histories; i++)
  addResult(
    totals,
    await runHistory({ seed: share.firstSeed + i, store, convergeWithinMs: share.convergeWithinMs }),
  )
await store.close()
process.send?.(totals)
