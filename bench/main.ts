// npm run bench: every benchmark, or those named: `npm run bench -- webhook`. Each measures us beside a bare peer
// in the same run, on servers of its own, and prints the ratio. `--json` prints one JSON object as the last line;
// `--quick` makes a short run. A missed aim is printed, not an error: machines differ, ratios less so.
import { parseArgs } from 'node:util'

import { print, rounded, type BenchOptions, type BenchResult } from './lib/report.ts'

const EXIT_USAGE = 64

type Benchmark = (options: BenchOptions) => Promise<BenchResult>

const BENCHMARKS: Record<string, () => Promise<Benchmark>> = {
  webhook: async () => (await import('./webhook/index.ts')).webhook,
  shim: async () => (await import('./shim/index.ts')).shim,
  lifecycle: async () => (await import('./lifecycle/index.ts')).lifecycle,
  'health-sweep': async () => (await import('./health-sweep/index.ts')).healthSweep,
  priority: async () => (await import('./priority/index.ts')).priority,
  'admin-api': async () => (await import('./admin-api/index.ts')).adminApi,
  'fly-client': async () => (await import('./fly-client/index.ts')).flyClient,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
})
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name))
if (unknown.length > 0) {
  console.error(
    `No benchmark called ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}.`,
  )
  process.exit(EXIT_USAGE)
}

const results: BenchResult[] = []
for (const name of names) {
  const benchmark = await BENCHMARKS[name]?.()
  if (benchmark === undefined) continue
  const result = await benchmark({ quick: values.quick, say: (line) => console.error(`${name}: ${line}`) })
  print(result)
  results.push(result)
}
if (values.json) {
  const summary = results.map(({ name, ratio, numbers }) => [name, { ratio: rounded(ratio), ...numbers }])
  console.log(JSON.stringify(Object.fromEntries(summary)))
}
