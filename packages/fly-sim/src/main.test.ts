import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { until } from './testing/until.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const PROGRAM = fileURLToPath(new URL('./testing/programs/server.ts', import.meta.url))
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

type Running = {
  child: ChildProcess
  api: string
  admin: string
  exited: Promise<number | null>
  output: () => string
}

async function start(...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [api = '', admin = ''] = await new Promise<string[]>((resolve) => {
    child.stdout.on('data', () => {
      const found = /API (\S+) {2}admin (\S+)\/_sim\//u.exec(output)
      if (found) resolve(found.slice(1))
    })
    void exited.then(() => resolve([]))
  })
  return { child, api, admin, exited, output: () => output }
}

async function call(api: string, method: string, path: string, body?: unknown, token = 'fly-sim-token') {
  const response = await fetch(api + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    json: (await response.json().catch(() => null)) as Record<string, unknown> | null,
  }
}

async function localProcess(running: Running, mode: string): Promise<number> {
  await call(running.api, 'POST', '/v1/apps', { name: 'proc', org_slug: 'personal' })
  const machine = await call(running.api, 'POST', '/v1/apps/proc/machines', {
    config: { image: `local:node ${PROGRAM} ${mode}` },
  })
  await call(running.api, 'GET', `/v1/apps/proc/machines/${String(machine.json?.['id'])}/wait?timeout=20`)
  return until('an answer', async () => {
    const answer = await fetch(`${running.api}/_app/proc/`).catch(() => null)
    return answer?.status === 200 ? ((await answer.json()) as { pid: number }).pid : null
  })
}

async function expectGone(pid: number): Promise<void> {
  await until(`the end of process ${pid}`, () => {
    try {
      process.kill(pid, 0)
      return Promise.resolve(false)
    } catch {
      return Promise.resolve(true)
    }
  })
}

test('the program stands alone: ports, tokens and organisations from its arguments', async () => {
  const running = await start(
    '--admin-port',
    '0',
    '--token',
    'one@acme+beta',
    '--token',
    'two',
    '--org',
    'acme',
    '--org',
    'beta',
  )
  expect(running.admin).not.toBe(running.api)
  expect((await call(running.api, 'GET', '/v1/apps?org_slug=acme', undefined, 'one')).status).toBe(200)
  expect((await call(running.api, 'GET', '/v1/apps?org_slug=beta', undefined, 'two')).status).toBe(200)
  expect((await call(running.api, 'GET', '/v1/apps?org_slug=acme')).status).toBe(401)
  expect((await call(running.api, 'GET', '/_sim/health')).status).toBe(404)
  expect(await call(running.admin, 'GET', '/_sim/health')).toMatchObject({ json: { ok: true } })
  running.child.kill('SIGTERM')
  expect(await running.exited).toBe(0)
})

test.each([['SIGTERM'], ['SIGINT']] as const)(
  '%s ends it with 0, and its processes with it',
  async (signal) => {
    const running = await start('--delays', 'none')
    const pid = await localProcess(running, 'ignore')
    running.child.kill(signal)
    expect(await running.exited).toBe(0)
    await expectGone(pid)
  },
)

test('kill -9 of the stand-in ends its processes too', async () => {
  const running = await start('--delays', 'none')
  const pid = await localProcess(running, 'ignore')
  running.child.kill('SIGKILL')
  await running.exited
  await expectGone(pid)
})

test.each([
  [['--port', 'x'], '--port must be a whole number'],
  [['--delays', 'slow'], '--delays must be one of'],
  [['--nonsense'], '--nonsense'],
])('%j is refused with exit code 64', async (args, said) => {
  const running = await start(...args)
  expect(await running.exited).toBe(64)
  expect(running.output()).toContain(said)
})

test('a port that is taken ends it with 1 and leaves nothing listening', async () => {
  const first = await start()
  const taken = new URL(first.api).port
  const second = await start('--admin-port', taken)
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain('EADDRINUSE')
})

test('--load begins with a dump; a file that is none ends it with 1', async () => {
  const first = await start('--seed', '3')
  await call(first.api, 'POST', '/v1/apps', { name: 'dumped', org_slug: 'personal' })
  const folder = mkdtempSync(join(tmpdir(), 'fly-sim-'))
  const file = join(folder, 'dump.json')
  writeFileSync(file, JSON.stringify((await call(first.api, 'GET', '/_sim/dump')).json))
  const second = await start('--load', file)
  expect(await call(second.api, 'GET', '/v1/apps/dumped')).toMatchObject({ status: 200 })
  writeFileSync(file, 'not a dump')
  expect(await (await start('--load', file)).exited).toBe(1)
  rmSync(folder, { recursive: true })
})

test('--help prints every flag', async () => {
  const running = await start('--help')
  expect(await running.exited).toBe(0)
  for (const flag of [
    '--port',
    '--admin-port',
    '--token',
    '--org',
    '--delays',
    '--virtual-clock',
    '--seed',
    '--load',
  ]) {
    expect(running.output()).toContain(flag)
  }
})
