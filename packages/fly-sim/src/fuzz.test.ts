import { expect, test } from '@jest/globals'
import { ROUTES } from './api/routes.ts'
import { Random } from './random.ts'
import { useSim } from './testing/harness.ts'

// Whatever is sent, the stand-in answers as an API would: never with a crash of its own, never by hanging.
const sim = useSim({ judged: false })
const ROUNDS = 600
const ROUNDS_EACH = 30
const random = new Random(20_260_101)
const pick = <T>(from: readonly T[]): T => from[random.between(0, from.length - 1)] as T

// A wait may rightly take its time.
const OTHERS = ROUTES.filter(({ operation }) => operation !== 'machines.wait')

const FIELDS = ['name', 'org_slug', 'config', 'image', 'guest', 'cpus', 'memory_mb', 'env', 'metadata', 'services', 'checks', 'values', 'ttl',
  'signal', 'timeout', 'command', 'region', 'mounts', 'stop_config', 'restart', 'policy', 'type', 'size_gb', 'count', 'compute'] // prettier-ignore
const VALUES = [
  null,
  '',
  'x',
  'started',
  'SIGTERM',
  '5s',
  0,
  -1,
  1.5,
  1e21,
  true,
  [],
  {},
  [null],
  ['a', 1],
  { a: null },
  '\u0000',
  '💥'.repeat(50),
]

function anything(depth: number): unknown {
  if (depth === 0 || random.next() < 0.4) return pick(VALUES)
  if (random.next() < 0.2) return Array.from({ length: random.between(0, 3) }, () => anything(depth - 1))
  return Object.fromEntries(
    Array.from({ length: random.between(0, 5) }, () => [pick(FIELDS), anything(depth - 1)]),
  )
}

const CONFIG = {
  image: 'x',
  guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
  env: { A: '1' },
  metadata: { role: 'a' },
  restart: { policy: 'always', max_retries: 3 },
  stop_config: { signal: 'SIGTERM', timeout: '5s' },
  checks: { web: { type: 'http', port: 80, path: '/', interval: '5s' } },
  services: [
    {
      internal_port: 80,
      protocol: 'tcp',
      autostop: 'off',
      autostart: true,
      checks: [{ type: 'tcp', port: 80 }],
    },
  ],
  mounts: [{ path: '/data' }],
  init: { exec: ['a'], swap_size_mb: 0 },
  auto_destroy: false,
  schedule: '',
}

type Path = readonly (string | number)[]

/** Where every part of a value is. */
function pathsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
  return [
    at,
    ...keys.flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...at, key])),
  ]
}

/** The same value with another at one place. */
function withPart(value: unknown, [key, ...rest]: Path, part: unknown): unknown {
  if (key === undefined) return part
  const inner = withPart((value as Record<string | number, unknown>)[key], rest, part)
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as object), [key]: inner }
}

async function send(method: string, path: string, body: string | undefined) {
  const response = await fetch(sim.running.url + path, {
    method,
    headers: { authorization: `Bearer ${sim.running.token}` },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(10_000),
  })
  const text = await response.text()
  if (response.headers.has('x-fly-sim-bug'))
    throw new Error(`${method} ${path} with ${body ?? 'no body'}: ${text}`)
  return { status: response.status, text }
}

test('a machine config with any one part replaced by any odd value: an answer, and never a bug', async () => {
  const app = await sim.app('odd-configs')
  for (const path of pathsIn(CONFIG).slice(1)) {
    for (const value of VALUES) {
      const { status, text } = await send(
        'POST',
        `/v1/apps/${app}/machines`,
        JSON.stringify({ config: withPart(CONFIG, path, value) }),
      )
      expect([200, 400]).toContain(status)
      if (status !== 200) continue
      const { id } = JSON.parse(text) as { id: string }
      for (const rest of ['', '/wait?state=started,failed,stopped', '/ps', '/versions'])
        await send('GET', `/v1/apps/${app}/machines/${id}${rest}`, undefined)
      await send('DELETE', `/v1/apps/${app}/machines/${id}?force=true`, undefined)
    }
  }
})

test(`${ROUNDS} random calls: an answer to each, and never a bug`, async () => {
  let params: Record<string, string[]> = {}
  for (let round = 0; round < ROUNDS; round++) {
    // A fresh app now and then, because some of the calls delete what they find.
    if (round % ROUNDS_EACH === 0) {
      const app = await sim.app(`fuzz-${round}`)
      const { id } = await sim.startedMachine(app)
      params = { app: [app, app, app, app, 'A B'], machine: [id, id, id, 'none'], org: ['personal', 'none'] }
    }
    const route = pick(OTHERS)
    const path = route.path.replace(/:([a-z]+)/gu, (_, name: string) =>
      encodeURIComponent(pick(params[name] ?? ['x', '..', 'ä'])),
    )
    const query =
      random.next() < 0.3
        ? `?${pick(['limit', 'state', 'ttl', 'cursor', 'timeout', 'signal', 'min_version'])}=${encodeURIComponent(pick(['', '0', '-1', 'x', '1e9', 'started,stopped', '💥']))}`
        : ''
    const body =
      route.method === 'GET' ? undefined : random.next() < 0.1 ? '{"broken":' : JSON.stringify(anything(4))
    await send(route.method, path + query, body)
  }
})
