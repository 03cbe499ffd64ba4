// deploy/fly/fly.toml against the code, without Fly: it runs what the local stack runs, and with the secrets that
// docs/operate/fly.md names each service has all that it reads. Its form is checked by `npm run verify -- deploy`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'smol-toml'
import { configSchema as apiSchema } from '../services/api/src/config.ts'
import { useApi } from '../services/api/src/testing/harness.ts'
import { configSchema as schedulerSchema } from '../services/scheduler/src/config.ts'
import { configSchema as workerSchema } from '../services/worker/src/config.ts'
import { root } from './lib/paths.ts'
import { SECRETS } from './lib/settings-page.ts'
import { SERVICE_ENTRIES } from './stack/programs.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const fly = parse(read('deploy/fly/fly.toml')) as unknown as {
  kill_timeout: number
  deploy: { release_command: string }
  processes: Record<string, string>
  env: Record<string, string>
  http_service: { processes: string[]; internal_port: number; checks: HttpCheck[] }
  checks: Record<string, HttpCheck & { processes: string[]; port: number }>
  metrics: { processes: string[]; port: number }[]
  vm: { processes: string[] }[]
}
type HttpCheck = { path: string; interval: string; timeout: string }

const schemas = { api: apiSchema, worker: workerSchema, scheduler: schedulerSchema }
const names = ['api', 'worker', 'scheduler'] as const
/** Left empty in .env.example, which is for one machine. */
const ONLY_HOSTED: Readonly<Record<string, string>> = {
  SUPABASE_URL: 'https://project.supabase.co',
  HANGAR_SHARED_TOKEN: 'a'.repeat(64),
}
/** As Fly gives them to each group. */
const everySecret = Object.fromEntries(
  [...SECRETS, ...['OWNER', 'API', 'WORKER', 'SCHEDULER'].map((whose) => `DATABASE_URL_${whose}`)].map(
    (name) => [name, `secret of ${name}`],
  ),
)

/** Runs the group's command with a `node` that says what it was given. */
function start(name: (typeof names)[number], env: Record<string, string>) {
  const bin = mkdtempSync(join(tmpdir(), 'hangar-fly-'))
  try {
    const said = 'JSON.stringify({ program: process.argv[1], self: process.ppid, env: process.env })'
    writeFileSync(join(bin, 'node'), `#!/bin/sh\n'${process.execPath}' -e 'console.log(${said})' "$@"\n`, {
      mode: 0o755,
    })
    const [program = '', ...args] = fly.processes[name]?.split(' ') ?? []
    const PATH = `${bin}${delimiter}${process.env['PATH'] ?? ''}`
    const ended = spawnSync(program, args, { cwd: root, env: { ...env, PATH }, encoding: 'utf8' })
    expect([ended.status, ended.stderr]).toEqual([0, ''])
    const told = JSON.parse(ended.stdout) as { program: string; self: number; env: Record<string, string> }
    return { ...told, pid: ended.pid }
  } finally {
    rmSync(bin, { recursive: true })
  }
}

const ms = (duration: string) => Number(duration.replace(/s$/, '')) * 1_000

test('each group runs the program that the local stack runs, as the process that gets the signal', () => {
  expect(Object.keys(fly.processes).toSorted()).toEqual([...names].toSorted())
  for (const name of names) {
    const { pid, program, self } = start(name, everySecret)
    expect([name, program, self]).toEqual([name, SERVICE_ENTRIES[name], pid])
  }
  const [, program = ''] = /exec node (\S+)'/.exec(fly.deploy.release_command) ?? []
  expect([program, existsSync(join(root, program))]).toEqual(['scripts/migrate.ts', true])
})

test('with the secrets of the page each service has all that it reads, and no setting is misspelt', () => {
  const secrets = [...read('docs/operate/fly.md').matchAll(/^ {2}([A-Z_]+)=/gm)].map(([, name = '']) => name)
  const example = parseEnv(read('.env.example')) as Record<string, string>
  const known = new Set(names.flatMap((name) => Object.keys(schemas[name].shape)))
  expect(Object.keys(fly.env).filter((name) => !known.has(name))).toEqual([])
  for (const name of names) {
    expect(secrets).toContain(`DATABASE_URL_${name.toUpperCase()}`)
    const given = Object.fromEntries(
      secrets
        .filter((secret) => known.has(secret))
        .map((secret) => [secret, ONLY_HOSTED[secret] ?? example[secret]]),
    )
    const own = Object.entries({ ...given, ...fly.env, DATABASE_URL: example['DATABASE_URL'] })
    const shape = Object.keys(schemas[name].shape)
    const settings = Object.fromEntries(own.filter(([key]) => shape.includes(key)))
    expect([name, schemas[name].safeParse(settings).error?.issues]).toEqual([name, undefined])
  }
})

test('of all secrets of the app a process sees those that its service reads, and its own login alone', () => {
  for (const name of names) {
    const { env } = start(name, everySecret)
    const seen = Object.keys(env).filter((key) => Object.hasOwn(everySecret, key))
    const own = Object.keys(everySecret).filter((key) => Object.hasOwn(schemas[name].shape, key))
    expect([name, seen.toSorted()]).toEqual([name, own.toSorted()])
    expect(env['DATABASE_URL']).toBe(`secret of DATABASE_URL_${name.toUpperCase()}`)
  }
})

test('a service has more time to end than it takes, and the proxy hears of it before that', () => {
  const deadlineMs = Number(fly.env['SHUTDOWN_DEADLINE_MS'])
  const noticeMs = Number(fly.env['SHUTDOWN_NOTICE_MS'])
  expect(fly.kill_timeout * 1_000).toBeGreaterThan(deadlineMs)
  expect(deadlineMs).toBeGreaterThan(noticeMs)
  for (const { path, interval, timeout } of fly.http_service.checks) {
    expect(path).toBe('/readyz')
    expect(noticeMs).toBeGreaterThan(ms(interval) + ms(timeout))
  }
})

test('every group has Machines, a check and its metrics, all on the port on which it listens', () => {
  const checks = Object.values(fly.checks)
  const checked = [...fly.http_service.processes, ...checks.flatMap(({ processes }) => processes)]
  const all = [...names].toSorted()
  expect(checked.toSorted()).toEqual(all)
  expect(fly.vm.flatMap(({ processes }) => processes).toSorted()).toEqual(all)
  expect(fly.metrics.flatMap(({ processes }) => processes).toSorted()).toEqual(all)
  const ports = [fly.http_service, ...checks.map(({ port }) => ({ internal_port: port }))].map(
    ({ internal_port }) => internal_port,
  )
  expect(new Set([...ports, ...fly.metrics.map(({ port }) => port)])).toEqual(
    new Set([Number(fly.env['PORT'])]),
  )
})

describe("callers behind Fly's proxy", () => {
  const REFUSED_PER_MINUTE = 3
  const api = useApi({
    // Counted in the process alone: what Redis answers too late would be counted there a second time.
    redis: 'down',
    deps: {
      limits: {
        personPerMinute: 0,
        keyPerMinute: 0,
        refusedPerMinute: REFUSED_PER_MINUTE,
        signInFailures: 10,
      },
      trustedProxyHops: apiSchema.shape.TRUSTED_PROXY_HOPS.parse(fly.env['TRUSTED_PROXY_HOPS']),
    },
  })
  let server: Server
  let address = ''
  beforeAll(async () => {
    server = createServer(api.app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/apps`
  })
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })

  /** As Fly hands on what a client sent: its address behind what it claimed, and the app's own last. */
  const guess = async (client: string, claimed = '') => {
    const forwarded = [claimed, client, '66.241.124.1'].filter((part) => part !== '').join(', ')
    const headers = { apikey: 'sb_secret_guessed', 'x-forwarded-for': forwarded }
    return (await fetch(address, { headers })).status
  }

  test('one who guesses keys shuts out nobody else, and does not become another by claiming to be', async () => {
    for (let n = 0; n < REFUSED_PER_MINUTE; n++) expect(await guess('198.51.100.1')).toBe(401)
    expect(await guess('198.51.100.1')).toBe(429)
    expect(await guess('198.51.100.1', '198.51.100.3')).toBe(429)
    expect(await guess('198.51.100.2')).toBe(401)
  })
})
