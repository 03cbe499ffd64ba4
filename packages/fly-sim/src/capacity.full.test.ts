import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const APPS = 10_000
const LIMIT_MB = 300
const CALLERS = 32
const READS = 30_000
/** The aim is 5,000; on a machine that does other things at the same time the test only refuses an order of magnitude. */
const FEWEST_READS_A_SECOND = 1_000

const agent = new Agent({ keepAlive: true, maxSockets: CALLERS })
let child: ChildProcess | null = null
let url = ''
const ids: string[] = []

beforeAll(async () => {
  const started = spawn(process.execPath, [MAIN, '--port', '0', '--delays', 'none', '--no-rate-limits'])
  child = started
  url = await new Promise<string>((resolve) => {
    started.stdout.on('data', (chunk: Buffer) => {
      const found = /API (\S+)/u.exec(chunk.toString())
      if (found?.[1] !== undefined) resolve(found[1])
    })
  })
})
afterAll(() => {
  agent.destroy()
  child?.kill('SIGTERM')
})

test('ten thousand apps, each with a machine and two secrets, fit into 300 MB', async () => {
  await inParallel(APPS, async (i) => {
    const app = `vyx-user-${i}`
    await call('POST', '/v1/apps', { name: app, org_slug: 'personal', network: app })
    await call('POST', `/v1/apps/${app}/secrets`, {
      values: { SHUTDOWN_TOKEN: 'x'.repeat(64), HANGAR_TOKEN: 'y'.repeat(100) },
    })
    const machine = await call<{ id: string }>('POST', `/v1/apps/${app}/machines`, {
      name: `m-${i}`,
      region: 'iad',
      config: config(),
    })
    ids[i] = machine.id
  })
  await inParallel(READS, (i) => call('GET', `/v1/apps/vyx-user-${i % APPS}/machines/${ids[i % APPS]}`))
  const { rssBytes } = await call<{ rssBytes: number }>('GET', '/_sim/process')
  process.stderr.write(`fly-sim: ${APPS} apps in ${Math.round(rssBytes / 1_048_576)} MB\n`)
  expect(rssBytes / 1_048_576).toBeLessThan(LIMIT_MB)
})

test('the whole organisation is walked in ten pages', async () => {
  let cursor: string | undefined
  let seen = 0
  let pages = 0
  do {
    const page = await call<{ machines: unknown[]; next_cursor?: string }>(
      'GET',
      `/v1/orgs/personal/machines?limit=1000${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    )
    seen += page.machines.length
    pages++
    cursor = page.next_cursor
  } while (cursor !== undefined)
  expect([seen, pages]).toEqual([APPS, 10])
})

test('reads a second', async () => {
  for (const [name, path] of [
    ['get machine', (i: number) => `/v1/apps/vyx-user-${i}/machines/${ids[i]}`],
    ['get app', (i: number) => `/v1/apps/vyx-user-${i}`],
  ] as const) {
    const before = performance.now()
    await inParallel(READS, (i) => call('GET', path((i * 7_919) % APPS)))
    const aSecond = READS / ((performance.now() - before) / 1_000)
    process.stderr.write(`fly-sim: ${name}, ${Math.round(aSecond)} a second (aim 5000)\n`)
    expect(aSecond).toBeGreaterThan(FEWEST_READS_A_SECOND)
  }
})

function config() {
  return {
    image: `registry.fly.io/screener@sha256:${'0'.repeat(64)}`,
    guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 512 },
    env: {
      USER_ID: randomUUID(),
      RUN_MODE: 'user_dedicated',
      HANGAR_URL: 'https://hangar.example',
      PORT: '8080',
    },
    metadata: { installation: randomUUID(), user: randomUUID(), generation: '1' },
    restart: { policy: 'always' },
    stop_config: { signal: 'SIGTERM', timeout: '35s' },
    checks: {
      health: {
        type: 'http',
        port: 8080,
        path: '/health',
        interval: '15s',
        timeout: '5s',
        grace_period: '10s',
      },
    },
  }
}

async function inParallel(count: number, run: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const caller = async () => {
    while (next < count) await run(next++)
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
}

/** node:http and an agent: fetch would spend more on the caller's side than the stand-in on its own. */
function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url + path,
      { method, agent, headers: { authorization: 'Bearer fly-sim-token' } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => {
          if ((response.statusCode ?? 0) < 300) resolve(JSON.parse(text) as T)
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text}`))
        })
      },
    )
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
