// The peer of the lifecycle benchmark: the recorded calls to Fly and SQL writes of one life, issued bare for many
// users. It reads nothing, locks nothing, plans nothing, queues nothing and survives nothing.
// POST /run {"users": n} answers {"provisionMs", "deprovisionMs"}.
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

import pg from 'pg'
import { Agent, request } from 'undici'

import { fillIn, type Names } from '../lib/names.ts'
import { CONCURRENCY, FLY_TOKEN } from '../lib/worker.ts'
import type { Act, FlyCall, SqlWrite, Trace } from './trace.ts'

const { TRACE_FILE = '', DATABASE_URL = '', FLY_API_BASE_URL = '', PORT = '0' } = process.env
const trace = JSON.parse(readFileSync(TRACE_FILE, 'utf8')) as Trace
const dispatcher = new Agent()
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: CONCURRENCY })

createServer((incoming, response) => {
  if (incoming.method !== 'POST') return void response.end('ready')
  void text(incoming)
    .then((body) => run((JSON.parse(body) as { users: number }).users))
    .then(
      (result) => response.end(JSON.stringify(result)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
}).listen(Number(PORT), '127.0.0.1')

async function run(users: number) {
  const lives = Array.from({ length: users }, newNames)
  const startedAt = performance.now()
  await forEach(lives, (names) => act(trace.provision, names))
  const provisionedAt = performance.now()
  await forEach(lives, (names) => act(trace.deprovision, names))
  return { provisionMs: provisionedAt - startedAt, deprovisionMs: performance.now() - provisionedAt }
}

/** What Fly gives out is filled in as it comes. */
const newNames = (): Names => ({
  userId: randomUUID(),
  appName: `bare-${randomBytes(6).toString('hex')}`,
  appId: randomUUID(),
  machineId: '',
  instanceId: '',
})

async function forEach<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}

async function act(acts: Act[], names: Names): Promise<void> {
  for (const one of acts) await (one.kind === 'fly' ? callFly(one, names) : write(one, names))
}

/** A read that answers otherwise than recorded is early (Fly accepts a deletion before it is done) and is repeated. */
const MAX_READS = 100

async function callFly(call: FlyCall, names: Names): Promise<void> {
  const { method, path, status } = call
  for (let reads = 1; ; reads++) {
    const answer = await request(FLY_API_BASE_URL + fillIn(path, names), {
      dispatcher,
      method: method as 'GET',
      headers: { authorization: `Bearer ${FLY_TOKEN}`, 'content-type': 'application/json' },
      body: call.body === null ? null : fillIn(call.body, names),
    })
    const answered = await answer.body.text()
    // Gone sooner than when it was recorded: the read has been made all the same.
    const goneSooner = method === 'GET' && answer.statusCode === 404
    if (answer.statusCode === status || goneSooner) {
      learn(call, answered, names)
      return
    }
    if (method !== 'GET' || reads === MAX_READS) {
      throw new Error(`${method} ${path} answered ${answer.statusCode}, recorded was ${status}: ${answered}`)
    }
  }
}

function learn({ method, path }: FlyCall, answered: string, names: Names): void {
  if (method !== 'POST' || !path.endsWith('/machines')) return
  const machine = JSON.parse(answered) as { id: string; instance_id: string }
  names.machineId = machine.id
  names.instanceId = machine.instance_id
}

async function write({ text: sql, values }: SqlWrite, names: Names): Promise<void> {
  const filled = values.map((value) => (typeof value === 'string' ? fillIn(value, names) : value))
  await pool.query(sql, filled)
}
