// One side of the health-sweep benchmark in a process of its own, so that CPU time and memory are all its own.
// POST /run runs one sweep and answers what it took. POST /run?live collects garbage all the time meanwhile, which
// shows how much of the memory is really held, and makes the other figures of that run worthless.
import { createServer } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { SWEEP_OF, type Side } from './sides.ts'

export type Measured = {
  checked: number
  cpuMs: number
  wallMs: number
  /** The most that the process grew beyond what it had before. */
  rssMb: number
  /** The same of what JavaScript holds. With `?live` it holds no garbage. */
  heapMb: number
  /** What is held when the sweep is over and was not before. */
  keptMb: number
}

const SAMPLE_MS = 10
const MB = 1_048_576

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const { SIDE = '', PORT = '0' } = process.env
const sweep = await SWEEP_OF[SIDE as Side](process.env)

createServer((incoming, response) => {
  if (incoming.method !== 'POST') return void response.end('ready')
  void measure(incoming.url === '/run?live').then(
    (measured) => response.end(JSON.stringify(measured)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
}).listen(Number(PORT), '127.0.0.1')

async function measure(live: boolean): Promise<Measured> {
  collectGarbage()
  const before = process.memoryUsage()
  const most = { rss: before.rss, heapUsed: before.heapUsed }
  const sampler = setInterval(() => {
    if (live) collectGarbage()
    const { rss, heapUsed } = process.memoryUsage()
    most.rss = Math.max(most.rss, rss)
    most.heapUsed = Math.max(most.heapUsed, heapUsed)
  }, SAMPLE_MS)
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const checked = await sweep().finally(() => clearInterval(sampler))
  const wallMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  collectGarbage()
  return {
    checked,
    cpuMs: (user + system) / 1000,
    wallMs,
    rssMb: (most.rss - before.rss) / MB,
    heapMb: (most.heapUsed - before.heapUsed) / MB,
    keptMb: (process.memoryUsage().heapUsed - before.heapUsed) / MB,
  }
}
