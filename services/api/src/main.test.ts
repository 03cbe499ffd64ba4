/** The API as a real process: how it starts, what it answers, how it ends. */
import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { freePort, startProcess, useTestDatabase, useTestRedis, type ManagedProcess } from '@hangar/testkit'
import { afterEach, expect, test } from '@jest/globals'
import { Follower } from './testing/event-stream.ts'
import { SERVICE_KEY } from './testing/harness.ts'

const database = useTestDatabase()
const redis = useTestRedis()
const entry = fileURLToPath(new URL('main.ts', import.meta.url))
const masterKey = randomBytes(32).toString('base64')

const started: ManagedProcess[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()))
})

async function start(
  overrides: Record<string, string> = {},
): Promise<{ child: ManagedProcess; url: string }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = {
    PATH: '',
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    HANGAR_QUEUE_PREFIX: redis.prefix,
    HANGAR_PUBLIC_URL: url,
    HANGAR_MASTER_KEY: masterKey,
    HANGAR_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    SUPABASE_SERVICE_ROLE_KEY: SERVICE_KEY,
    PLACEMENT_HANDOVER: 'immediate',
    PORT: String(port),
    HOST: '127.0.0.1',
    ...overrides,
  }
  const child = await startProcess({ name: 'api', entry, env, readyUrl: `${url}/readyz` })
  started.push(child)
  return { child, url }
}

test('it serves, and SIGTERM ends it in order', async () => {
  const { child, url } = await start()
  const response = await fetch(`${url}/v1/apps`, { headers: { apikey: SERVICE_KEY } })
  expect(await response.json()).toEqual({ items: [], next_cursor: null })
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  expect(child.logs()).toContain('"msg":"stopped"')
  expect(child.logs()).not.toContain(SERVICE_KEY)
  expect(child.logs()).not.toContain(masterKey)
})

test('whoever follows the stream is sent away, and keeps nobody from stopping', async () => {
  const { child, url } = await start()
  const follower = new Follower(url, { apikey: SERVICE_KEY })
  await follower.until(() => follower.told.length > 0, 'the first event')
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  expect(child.logs()).toContain('"msg":"stopped"')
  await follower.until(() => follower.isOver, 'the end of the stream')
  await follower.leave()
})

test('it starts while Redis is away, because webhooks and apps must still be answered', async () => {
  const { url } = await start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
  const response = await fetch(`${url}/readyz`)
  expect(await response.json()).toMatchObject({ status: 'degraded' })
})

test('a wrong configuration: every problem on a line of its own, no secret, exit code 78', async () => {
  const child = await startProcess({
    name: 'api',
    entry,
    env: { PATH: '', DATABASE_URL: 'nonsense', HANGAR_MASTER_KEY: 'c2VjcmV0', REDIS_URL: redis.url },
  })
  started.push(child)
  expect(await child.exited).toBe(78)
  for (const name of ['DATABASE_URL', 'HANGAR_MASTER_KEY', 'HANGAR_PUBLIC_URL', 'HANGAR_WEBHOOK_SECRET'])
    expect(child.logs()).toMatch(new RegExp(`^api: ${name}`, 'm'))
  expect(child.logs()).not.toMatch(/c2VjcmV0|nonsense|\.ts:\d/)
})

test('a port that is taken: it says so and ends', async () => {
  const taken = await listen()
  const { port } = taken.address() as { port: number }
  try {
    await expect(start({ PORT: String(port) })).rejects.toThrow(/EADDRINUSE/)
  } finally {
    await new Promise((resolve) => taken.close(resolve))
  }
})

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
