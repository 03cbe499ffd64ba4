// The screener as a user's app: a real child process, against a real HTTP server that answers as Hangar's shim.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { screenerEntry } from './index.ts'

const USER_ID = '6f1c2c1e-8d5a-4a53-9f7b-0d2f3a5b7c9e'
const TRADERS = [
  { id: 'trader-a', name: 'Momentum', definition: { symbols: ['ETH-USD'], signal_every: 1 } },
  { id: 'trader-b', name: 'Mean reversion', definition: { signal_every: 0 } },
]

type Call = { method: string; path: string; headers: Record<string, unknown>; body: unknown }
type Reply = { status: number; body?: unknown; headers?: Record<string, string> }

/** Records each call; `replies` may be changed while a test runs. `call()` waits for the next call to a path. */
const allStored = (body: unknown) => ({
  results: (body as { items: { client_id: string }[] }).items.map(({ client_id }) => ({
    client_id,
    status: 'stored',
  })),
})

class ShimServer {
  readonly calls: Call[] = []
  readonly replies: Record<string, (nth: number, body: unknown) => Reply> = {
    '/shim/v1/signals': (_nth, body) => ({ status: 200, body: allStored(body) }),
    '/shim/v1/executions': (_nth, body) => ({ status: 200, body: allStored(body) }),
    '/shim/v1/bootstrap': () => ({ status: 200, body: bootstrapBody() }),
    '/shim/v1/heartbeat': () => ({ status: 200, body: { directives: [] } }),
    '/shim/v1/drained': () => ({ status: 200, body: { ok: true } }),
  }
  readonly #waiters = new Set<() => void>()
  #server: Server | undefined
  port = 0

  async start(): Promise<this> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const path = request.url ?? ''
        const text = Buffer.concat(chunks).toString()
        const body: unknown = text === '' ? undefined : JSON.parse(text)
        this.calls.push({ method: request.method ?? '', path, headers: request.headers, body })
        const reply = this.replies[path]?.(this.count(path), body) ?? { status: 404 }
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
        response.end(reply.status === 304 ? '' : JSON.stringify(reply.body ?? {}))
        for (const waiter of [...this.#waiters]) waiter()
      })
    })
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
    return this
  }

  async stop(): Promise<void> {
    if (!this.#server) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
    this.#server = undefined
  }

  count(path: string): number {
    return this.calls.filter((call) => call.path === path).length
  }

  /** The nth call to the path (1 is the first), waiting for it if need be. */
  async nth(path: string, nth: number): Promise<Call> {
    const found = () => this.calls.filter((call) => call.path === path)[nth - 1]
    return waitUntil(`call ${nth} to ${path}`, found, this.#waiters)
  }
}

class Screener {
  readonly lines: Record<string, unknown>[] = []
  stderr = ''
  readonly exited: Promise<number | null>
  readonly #child: ChildProcess
  readonly #waiters = new Set<() => void>()

  constructor(env: Record<string, string>) {
    this.#child = spawn(process.execPath, [screenerEntry], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.exited = once(this.#child, 'exit').then(([code]) => code as number | null)
    let rest = ''
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) this.lines.push(JSON.parse(part) as Record<string, unknown>)
      for (const waiter of [...this.#waiters]) waiter()
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.stderr += chunk))
  }

  log(event: string, fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const wanted = Object.entries({ event, ...fields })
    const found = () => this.lines.find((line) => wanted.every(([key, value]) => line[key] === value))
    return waitUntil(`log line ${JSON.stringify({ event, ...fields })}`, found, this.#waiters)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

/** Asks again each time a waiter is called (something happened); gives up after 15 s, naming what was awaited. */
function waitUntil<T>(what: string, found: () => T | undefined, waiters: Set<() => void>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error(`waited 15 s for ${what}`))), 15_000)
    const check = () => {
      const value = found()
      if (value !== undefined) finish(() => resolve(value))
    }
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      waiters.delete(check)
      settle()
    }
    waiters.add(check)
    check()
  })
}

function bootstrapBody(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    user_id: USER_ID,
    app_name: 'vyx-user-abcd1234',
    generation: 3,
    tier: 'pro',
    directive: 'run',
    placement: 'dedicated',
    retry_after_ms: null,
    heartbeat_interval_ms: 50,
    quota: 10,
    traders: TRADERS,
    ...change,
  }
}

const running: { shim?: ShimServer; screener?: Screener } = {}

async function startPair(env: Record<string, string> = {}, prepare: (shim: ShimServer) => void = () => {}) {
  const shim = new ShimServer()
  prepare(shim)
  running.shim = await shim.start()
  const port = await freePort()
  const screener = new Screener({
    USER_ID,
    RUN_MODE: 'user_dedicated',
    HANGAR_URL: `http://127.0.0.1:${shim.port}/`,
    HANGAR_TOKEN: 'hgr_k1_row_mac',
    HANGAR_GENERATION: '3',
    SHUTDOWN_TOKEN: 'stop-it-please',
    FLY_MACHINE_ID: 'machine-1',
    PORT: String(port),
    CYCLE_MS: '20',
    ...env,
  })
  running.screener = screener
  await screener.log('listening')
  return { shim, screener, url: `http://127.0.0.1:${port}` }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function health(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/health`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function shutdown(url: string, token?: string): Promise<Response> {
  return fetch(`${url}/shutdown`, {
    method: 'POST',
    headers: token === undefined ? {} : { 'x-shutdown-token': token },
  })
}

afterEach(async () => {
  running.screener?.kill('SIGKILL')
  await running.screener?.exited
  await running.shim?.stop()
  delete running.screener
  delete running.shim
})

describe('configuration', () => {
  test('lists every problem at once, without values, and exits 78', async () => {
    const screener = new Screener({
      USER_ID: 'not-a-uuid',
      RUN_MODE: 'shared',
      PORT: '99999',
      HANGAR_TOKEN: 'hgr_secret',
    })
    running.screener = screener
    expect(await screener.exited).toBe(78)
    for (const name of [
      'USER_ID',
      'RUN_MODE',
      'PORT',
      'HANGAR_URL',
      'HANGAR_GENERATION',
      'SHUTDOWN_TOKEN',
      'FLY_MACHINE_ID',
    ])
      expect(screener.stderr).toContain(`${name}: `)
    expect(screener.stderr).toContain('HANGAR_URL: is not set')
    expect(screener.stderr).not.toMatch(/hgr_secret|not-a-uuid|99999/)
  })
})

describe('trading', () => {
  test('a user id of any uuid version will do, as in the database', async () => {
    const userId = '00000000-0000-0000-0000-0000000000AF'
    const { screener, url } = await startPair({ USER_ID: userId }, (prepared) => {
      prepared.replies['/shim/v1/bootstrap'] = () => ({
        status: 200,
        body: bootstrapBody({ user_id: userId.toLowerCase() }),
      })
    })
    await screener.log('trading')
    expect(await health(url)).toMatchObject({ status: 200, body: { user_id: userId.toLowerCase() } })
  })

  test('runs the traders of its bootstrap and shows them in health, log and heartbeat', async () => {
    const { shim, screener, url } = await startPair()
    const first = await shim.nth('/shim/v1/heartbeat', 1)
    expect(first.body).toMatchObject({ running_trader_ids: ['trader-a', 'trader-b'], buffered_signals: 0 })
    await screener.log('trader started', { trader_id: 'trader-a', name: 'Momentum' })
    await screener.log('signal', { trader_id: 'trader-a', symbol: 'ETH-USD', cycle: 2 })
    await shim.nth('/shim/v1/heartbeat', 3)
    expect(await health(url)).toMatchObject({
      status: 200,
      body: {
        ok: true,
        state: 'trading',
        user_id: USER_ID,
        generation: 3,
        running_trader_ids: ['trader-a', 'trader-b'],
      },
    })
    for (const call of shim.calls)
      expect(call.headers).toMatchObject({
        authorization: 'Bearer hgr_k1_row_mac',
        'x-fly-machine-id': 'machine-1',
      })
    expect(
      screener.lines.some((line) => line['trader_id'] === 'trader-b' && line['event'] === 'signal'),
    ).toBe(false)
  })

  test('asks for its bootstrap until Hangar answers, and is not healthy before', async () => {
    const { shim, screener, url } = await startPair({}, (prepared) => {
      prepared.replies['/shim/v1/bootstrap'] = (nth) =>
        nth === 1 ? { status: 503 } : nth === 2 ? { status: 401 } : { status: 200, body: bootstrapBody() }
    })
    await screener.log('bootstrap failed', { reason: 'Hangar answered 503' })
    expect(await health(url)).toMatchObject({ status: 503, body: { ok: false, state: 'starting' } })
    await screener.log('bootstrap failed', { reason: 'Hangar answered 401' })
    await shim.nth('/shim/v1/heartbeat', 1)
    expect((await health(url)).body['running_trader_ids']).toEqual(['trader-a', 'trader-b'])
  })

  test('waits while the shared backend has the traders, and says what it knows when it asks again', async () => {
    const { shim, screener, url } = await startPair({}, (prepared) => {
      prepared.replies['/shim/v1/bootstrap'] = (nth) => {
        const moving = { placement: 'moving', retry_after_ms: 20, traders: [] }
        if (nth === 1) return { status: 200, body: bootstrapBody(moving), headers: { etag: '"one"' } }
        if (nth === 2) return { status: 304, headers: { etag: '"one"' } }
        return { status: 200, body: bootstrapBody(), headers: { etag: '"two"' } }
      }
    })
    expect((await shim.nth('/shim/v1/heartbeat', 1)).body).toMatchObject({ running_trader_ids: [] })
    await screener.log('trader started', { trader_id: 'trader-a' })
    const tags = [1, 2, 3].map(
      async (nth) => (await shim.nth('/shim/v1/bootstrap', nth)).headers['if-none-match'],
    )
    expect(await Promise.all(tags)).toEqual([undefined, '"one"', '"one"'])
    expect((await health(url)).status).toBe(200)
    expect(shim.count('/shim/v1/bootstrap')).toBe(3)
  })

  test('sends each signal and each run until it is answered, under the same id', async () => {
    const { shim } = await startPair({}, (prepared) => {
      prepared.replies['/shim/v1/signals'] = (nth, body) =>
        nth < 3 ? { status: 503 } : { status: 200, body: allStored(body) }
    })
    type Batch = { items: { client_id: string; trader_id: string; symbol?: string }[] }
    const sent = async (path: string, nth: number) => ((await shim.nth(path, nth)).body as Batch).items
    const [first] = await sent('/shim/v1/signals', 1)
    expect(first).toMatchObject({ trader_id: 'trader-a', symbol: 'ETH-USD', created_at: expect.any(String) })
    const [again] = await sent('/shim/v1/signals', 3)
    expect(again).toEqual(first)
    const later = await sent('/shim/v1/signals', 4)
    expect(later.map((item) => item.client_id)).not.toContain(first?.client_id)
    const runs = await sent('/shim/v1/executions', 1)
    expect(new Set(runs.map((run) => run.trader_id))).toEqual(new Set(['trader-a', 'trader-b']))
  })

  test.each([
    ['another user', { user_id: '00000000-0000-4000-8000-000000000000' }],
    ['another generation', { generation: 2 }],
  ])('never runs the traders of %s', async (_whose, change) => {
    const { shim, screener } = await startPair({}, (prepared) => {
      prepared.replies['/shim/v1/bootstrap'] = () => ({ status: 200, body: bootstrapBody(change) })
    })
    await shim.nth('/shim/v1/bootstrap', 2)
    expect(screener.lines.map((line) => line['event'])).not.toContain('trader started')
    expect(shim.count('/shim/v1/heartbeat')).toBe(0)
  })

  test('goes on trading while Hangar is down and while its token is unknown', async () => {
    const { shim, screener, url } = await startPair()
    await shim.nth('/shim/v1/heartbeat', 1)
    shim.replies['/shim/v1/heartbeat'] = () => ({ status: 401 })
    await screener.log('heartbeat failed', { reason: 'Hangar answered 401' })
    await shim.stop()
    await screener.log('heartbeat failed', { reason: 'ECONNREFUSED' })
    const { cycle } = (await health(url)).body
    await screener.log('cycle finished', { cycle: Number(cycle) + 2 })
    const before = shim.count('/shim/v1/heartbeat')
    shim.replies['/shim/v1/heartbeat'] = () => ({ status: 200, body: { directives: [] } })
    await shim.start()
    await shim.nth('/shim/v1/heartbeat', before + 1)
    expect((await health(url)).body['state']).toBe('trading')
  })

  test('takes changed traders on the reload directive, trying again when that fails', async () => {
    const { shim, screener, url } = await startPair()
    await shim.nth('/shim/v1/heartbeat', 1)
    shim.replies['/shim/v1/bootstrap'] = (nth) =>
      nth === 2 ? { status: 503 } : { status: 200, body: bootstrapBody({ traders: [TRADERS[1]] }) }
    let asked = false
    shim.replies['/shim/v1/heartbeat'] = () => {
      const directives = asked ? [] : ['reload']
      asked = true
      return { status: 200, body: { directives } }
    }
    await screener.log('reload failed')
    await screener.log('trader stopped', { trader_id: 'trader-a' })
    expect((await health(url)).body['running_trader_ids']).toEqual(['trader-b'])
  })
})

describe('the end', () => {
  test('/shutdown needs the token', async () => {
    const { shim, url } = await startPair()
    await shim.nth('/shim/v1/heartbeat', 1)
    expect((await shutdown(url)).status).toBe(401)
    expect((await shutdown(url, 'stop-it-pleasf')).status).toBe(401)
    expect((await health(url)).body['state']).toBe('trading')
    expect((await fetch(`${url}/shutdown`)).status).toBe(404)
  })

  test('/shutdown finishes the running cycle, reports once, idles, and exits 0 on SIGTERM', async () => {
    const slow = [{ id: 'trader-slow', name: 'Slow', definition: { work_ms: 300, signal_every: 1 } }]
    const { shim, screener, url } = await startPair({}, (prepared) => {
      prepared.replies['/shim/v1/bootstrap'] = () => ({ status: 200, body: bootstrapBody({ traders: slow }) })
      prepared.replies['/shim/v1/drained'] = (nth) =>
        nth < 3 ? { status: 503 } : { status: 200, body: { ok: true } }
    })
    await shim.nth('/shim/v1/heartbeat', 1)
    const answers = await Promise.all([shutdown(url, 'stop-it-please'), shutdown(url, 'stop-it-please')])
    expect(answers.map((answer) => answer.status)).toEqual([202, 202])
    await shim.nth('/shim/v1/drained', 1)
    expect(await health(url)).toMatchObject({ status: 200, body: { ok: true, state: 'draining' } })
    await screener.log('drained', { reported: true })
    const finished = screener.lines.filter((line) => line['event'] === 'cycle finished').length
    expect((await shim.nth('/shim/v1/drained', 3)).body).toEqual({
      signals_flushed: finished,
      executions_flushed: finished,
      lost: 0,
    })
    expect(finished).toBeGreaterThan(0)
    expect(await health(url)).toMatchObject({
      status: 503,
      body: { ok: false, state: 'drained', running_trader_ids: [] },
    })
    screener.kill('SIGTERM')
    expect(await screener.exited).toBe(0)
    expect(shim.count('/shim/v1/drained')).toBe(3)
  })

  test('SIGTERM drains, reports, and exits 0', async () => {
    const { shim, screener } = await startPair()
    await shim.nth('/shim/v1/heartbeat', 1)
    screener.kill('SIGTERM')
    expect(await screener.exited).toBe(0)
    expect(screener.lines.map((line) => line['event'])).toEqual(
      expect.arrayContaining(['draining', 'drained', 'exit']),
    )
    expect(shim.count('/shim/v1/drained')).toBe(1)
  })

  test.each([
    ['a heartbeat', { '/shim/v1/heartbeat': { directives: ['drain'] } }],
    ['its bootstrap', { '/shim/v1/bootstrap': bootstrapBody({ directive: 'drain', traders: [] }) }],
  ])('drains when told so by %s', async (_where, bodies) => {
    const { shim, screener } = await startPair({}, (prepared) => {
      for (const [path, body] of Object.entries(bodies))
        prepared.replies[path] = () => ({ status: 200, body })
    })
    await screener.log('drained', { reported: true })
    expect(shim.count('/shim/v1/drained')).toBe(1)
    expect(shim.count('/shim/v1/heartbeat')).toBeLessThanOrEqual(1)
  })

  test('gives up a cycle that outlasts the deadline and counts it as lost', async () => {
    const endless = [{ id: 'trader-endless', name: 'Endless', definition: { work_ms: 600_000 } }]
    const { shim, screener } = await startPair({ DRAIN_DEADLINE_MS: '200' }, (prepared) => {
      prepared.replies['/shim/v1/bootstrap'] = () => ({
        status: 200,
        body: bootstrapBody({ traders: endless }),
      })
    })
    await shim.nth('/shim/v1/heartbeat', 1)
    screener.kill('SIGTERM')
    expect((await shim.nth('/shim/v1/drained', 1)).body).toMatchObject({ lost: 1 })
    expect(await screener.exited).toBe(0)
  })

  test('exits after the deadline although Hangar cannot be told', async () => {
    const { shim, screener } = await startPair({ DRAIN_DEADLINE_MS: '400' })
    await shim.nth('/shim/v1/heartbeat', 1)
    await shim.stop()
    screener.kill('SIGTERM')
    expect(await screener.exited).toBe(0)
    await screener.log('drained', { reported: false })
  })

  test.each(['/shim/v1/bootstrap', '/shim/v1/heartbeat'])(
    'stops trading on 410 from %s and idles',
    async (path) => {
      const { shim, screener, url } = await startPair()
      await shim.nth('/shim/v1/heartbeat', 1)
      shim.replies[path] = () => ({ status: 410 })
      if (path === '/shim/v1/bootstrap')
        shim.replies['/shim/v1/heartbeat'] = () => ({ status: 200, body: { directives: ['reload'] } })
      await screener.log('retired')
      await screener.log('trader stopped', { trader_id: 'trader-b' })
      expect(await health(url)).toMatchObject({
        status: 503,
        body: { ok: false, state: 'retired', running_trader_ids: [] },
      })
      const calls = shim.calls.length
      screener.kill('SIGTERM')
      expect(await screener.exited).toBe(0)
      // A batch may have been on its way; nothing is asked for any more.
      const late = shim.calls.slice(calls).map((call) => call.path)
      expect(late.filter((one) => !/\/(signals|executions)$/.test(one))).toEqual([])
      expect(late.length).toBeLessThanOrEqual(1)
    },
  )
})
