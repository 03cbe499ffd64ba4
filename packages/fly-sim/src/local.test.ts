import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

const sim = useSim()
const PROGRAM = fileURLToPath(new URL('./testing/programs/server.ts', import.meta.url))
const image = (mode = 'obey') => `local:node ${PROGRAM} ${mode}`
const checks = { up: { type: 'http', port: 8080, path: '/health', interval: '1s' } }
let next = 0

type Echo = {
  method: string
  url: string
  body: string
  env: Record<string, string>
  pid: number
  child: number | null
}

async function ask(app: string, path: string, init: RequestInit = {}): Promise<Echo | null> {
  const response = await fetch(`${sim.running.url}/_app/${app}${path}`, init).catch(() => null)
  return response?.status === 200 ? ((await response.json()) as Echo) : null
}

async function program(mode?: string, config: Record<string, unknown> = {}) {
  const app = `p-${next++}`
  await sim.app(app)
  const machine = await sim.startedMachine(app, { image: image(mode), ...config })
  const echo = await until('an answer', () => ask(app, '/'))
  return { app, id: machine.id, echo, path: `/v1/apps/${app}/machines/${machine.id}` }
}

const lines = async (app: string) =>
  (await sim.admin<{ lines: { stream: string; line: string }[] }>('GET', `logs/${app}`)).lines

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A zombie that nobody has reaped yet is as good as gone; only Linux tells.
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || !readFileSync(stat, 'utf8').includes(') Z ')
}

test('a local image is a real process with the env, the secrets, what Fly sets, and a port of its own', async () => {
  const app = `p-${next++}`
  await sim.app(app)
  await sim.must('POST', `/v1/apps/${app}/secrets`, { values: { TOKEN: 'hush' } })
  const { id } = await sim.startedMachine(
    app,
    { image: image(), env: { USER_ID: 'u1', PORT: '8080' } },
    { region: 'ams' },
  )
  const { env } = await until('an answer', () => ask(app, '/'))
  expect(env).toMatchObject({
    USER_ID: 'u1',
    TOKEN: 'hush',
    FLY_APP_NAME: app,
    FLY_MACHINE_ID: id,
    FLY_REGION: 'ams',
    FLY_IMAGE_REF: image(),
  })
  expect(env['PORT']).not.toBe('8080')
  expect(Object.keys(env)).not.toContain('FLY_OPENAPI_FILE')
})

test('the app has a URL: method, path, query, body, headers and status pass through', async () => {
  const { app } = await program()
  const echo = await ask(app, '/a/b?c=1', { method: 'POST', body: 'payload' })
  expect(echo).toMatchObject({ method: 'POST', url: '/a/b?c=1', body: 'payload' })
  const sick = await fetch(`${sim.running.url}/_app/${app}/sick`)
  expect([sick.status, sick.headers.get('x-app')]).toEqual([500, 'yes'])
  expect((await fetch(`${sim.running.url}/_app/nobody/`)).status).toBe(503)
})

test('its output is kept', async () => {
  const { app } = await program()
  await until('the line', async () =>
    (await lines(app)).some(({ stream, line }) => stream === 'stdout' && line === 'ready'),
  )
})

test('stop sends the signal that is asked for, and the program may end by itself', async () => {
  const { app, id, path, echo } = await program('obey', { restart: { policy: 'always' } })
  await sim.must('POST', `${path}/stop`, { signal: 'SIGTERM', timeout: '20s' })
  await sim.waitFor(app, id, 'stopped')
  expect((await lines(app)).map(({ line }) => line)).toContain('got SIGTERM')
  expect(isAlive(echo.pid)).toBe(false)
  const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
  expect(exit?.request).toMatchObject({ exit_event: { requested_stop: true, restarting: false } })
  expect((await fetch(`${sim.running.url}/_app/${app}/`)).status).toBe(503)
})

test('the kill timeout is enforced: who ignores the signal is killed when it is over, not before', async () => {
  const { app, id, path } = await program('ignore')
  const before = performance.now()
  await sim.must('POST', `${path}/stop`, { signal: 'SIGTERM', timeout: '400ms' })
  expect((await sim.get(app, id)).state).toBe('stopping')
  await sim.waitFor(app, id, 'stopped')
  expect(performance.now() - before).toBeGreaterThanOrEqual(390)
  const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
  expect(exit?.request).toMatchObject({ exit_event: { exit_code: 137, signal: 9 } })
})

test('stop_config is what counts when the call names no signal', async () => {
  const { app, id, path } = await program('ignore', { stop_config: { signal: 'SIGTERM', timeout: '100ms' } })
  await sim.must('POST', `${path}/stop`, {})
  await sim.waitFor(app, id, 'stopped')
  expect((await lines(app)).map(({ line }) => line)).toContain('got SIGTERM')
})

test('restart always really starts an ended program again', async () => {
  const { app, id, echo } = await program('obey', { restart: { policy: 'always' } })
  await sim.admin('POST', 'delays', { restartBackoffMs: 10 })
  await fetch(`${sim.running.url}/_app/${app}/exit`)
  const second = await until('another process', async () => {
    const answer = await ask(app, '/')
    return answer && answer.pid !== echo.pid ? answer : null
  })
  expect(isAlive(echo.pid)).toBe(false)
  expect(isAlive(second.pid)).toBe(true)
  const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
  expect(exit?.request).toMatchObject({
    exit_event: { exit_code: 3, restarting: true, requested_stop: false },
  })
})

test('a command that does not exist ends with 127', async () => {
  const app = `p-${next++}`
  await sim.app(app)
  // It ends as soon as it is started, so `started` may be over before anybody asks for it.
  const { id } = await sim.machine(app, { image: 'local:/no/such/program', restart: { policy: 'no' } })
  await sim.waitFor(app, id, 'stopped')
  const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
  expect(exit?.request).toMatchObject({ exit_event: { exit_code: 127 } })
})

test('an environment that no process can have ends it with 127', async () => {
  const app = `p-${next++}`
  await sim.app(app)
  const config = { image: image(), env: { BAD: 'a\u0000b' }, restart: { policy: 'no' } }
  const { id } = await sim.machine(app, config)
  await sim.waitFor(app, id, 'stopped')
  const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
  expect(exit?.request).toMatchObject({ exit_event: { exit_code: 127, error: expect.any(String) } })
})

test('checks really run against the process', async () => {
  const { app, id } = await program('obey', {
    checks: {
      ...checks,
      sick: { type: 'http', port: 8080, path: '/sick' },
      open: { type: 'tcp', port: 8080 },
    },
  })
  const results = await until('three results', async () => {
    const found = (await sim.get(app, id)).checks ?? []
    return found.length === 3 && found[0]?.status === 'passing' ? found : null
  })
  expect(results.map(({ name, status }) => [name, status])).toEqual([
    ['up', 'passing'],
    ['sick', 'critical'],
    ['open', 'passing'],
  ])
  expect(results[0]?.output).toMatch(/^200: /u)
})

test('update ends the old process before it starts the new one', async () => {
  const { app, id, echo } = await program()
  await sim.must('POST', `/v1/apps/${app}/machines/${id}`, {
    config: { image: image(), env: { GENERATION: '2' } },
  })
  const second = await until('the new process', async () => {
    const answer = await ask(app, '/')
    return answer?.env['GENERATION'] === '2' ? answer : null
  })
  expect(isAlive(echo.pid)).toBe(false)
  await sim.must('POST', `/v1/apps/${app}/machines/${id}`, { config: { image: 'registry.example/app:1' } })
  await until('the end of the second', () => Promise.resolve(!isAlive(second.pid)))
})

test('suspend stops the process where it is, start lets it go on', async () => {
  const { app, id, path, echo } = await program()
  await sim.must('POST', `${path}/suspend`)
  await sim.waitFor(app, id, 'suspended')
  await expect(
    fetch(`${sim.running.url}/_app/${app}/`, { signal: AbortSignal.timeout(300) }),
  ).rejects.toThrow('timeout')
  await sim.must('POST', `${path}/start`)
  await sim.waitFor(app, id, 'started')
  expect((await until('an answer', () => ask(app, '/'))).pid).toBe(echo.pid)
})

test('exec runs a real command with the same environment', async () => {
  const { path, app } = await program()
  expect(
    await sim.must('POST', `${path}/exec`, {
      command: ['sh', '-c', 'cat; echo $FLY_APP_NAME; exit 7'],
      stdin: 'in ',
    }),
  ).toMatchObject({
    exit_code: 7,
    stdout: `in ${app}\n`,
  })
  expect(await sim.must('POST', `${path}/exec`, { command: ['sleep', '30'], timeout: 1 })).toMatchObject({
    exit_code: 137,
  })
})

test('deleting the app ends its processes, and everything that they had started', async () => {
  const { app, echo } = await program('parent')
  expect(echo.child).toEqual(expect.any(Number))
  await sim.must('DELETE', `/v1/apps/${app}?force=true`)
  await until('the end of all', () => Promise.resolve(![echo.pid, echo.child ?? 0].some(isAlive)))
})
