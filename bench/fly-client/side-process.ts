// One side of the fly-client benchmark in a process of its own, so that the CPU time is all its own.
// POST /run {"operation", "forMs"} answers {"perSecond", "cpuUs"}: CPU is user and system time for one call.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

import type { Measured, Targets, Turn } from './settings.ts'
import { OPERATIONS_OF, type OperationName, type Side } from './sides.ts'

const { SIDE = '', TARGETS = '', FLY_API_BASE_URL = '', PORT = '0' } = process.env
const operations = OPERATIONS_OF[SIDE as Side](FLY_API_BASE_URL)
const { app, machineIds } = JSON.parse(TARGETS) as Targets

createServer((incoming, response) => {
  if (incoming.method !== 'POST') return void response.end('ready')
  void text(incoming)
    .then((body) => measure(JSON.parse(body) as Turn))
    .then(
      (measured) => response.end(JSON.stringify(measured)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
}).listen(Number(PORT), '127.0.0.1')

async function measure({ operation, forMs }: Turn): Promise<Measured> {
  const call = operations[operation as OperationName]
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  let calls = 0
  const oneAfterAnother = async (ids: string[]) => {
    for (let turn = 0; performance.now() - startedAt < forMs; turn++) {
      await call(app, ids[turn % ids.length] ?? '')
      calls += 1
    }
  }
  await Promise.all(machineIds.map(oneAfterAnother))
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  return { perSecond: calls / seconds, cpuUs: (user + system) / calls }
}
