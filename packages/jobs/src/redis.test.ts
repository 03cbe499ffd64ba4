import { randomUUID } from 'node:crypto'

import { freePort, startRedis, waitFor, type LocalRedis } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'

import { closeQueues, createQueues } from './queues.ts'
import { closeRedis, createRedis } from './redis.ts'
import { wake } from './wake.ts'
import { createLaneWorker } from './worker.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function ownServer(port?: number): Promise<LocalRedis> {
  const server = await startRedis(port === undefined ? {} : { port })
  // Stopped after its clients, whenever it was started.
  cleanups.unshift(() => server.stop())
  return server
}

function producer(url: string) {
  const redis = createRedis({ url, role: 'producer', name: 'test' })
  const queues = createQueues({ redis, prefix: '{test}' })
  cleanups.push(() => closeRedis(redis))
  cleanups.push(() => closeQueues(queues))
  return queues
}

/** Patience that nobody uses up: who is refused long before it was refused at once. */
const PATIENT = { timeoutMs: 60_000 }
const AT_ONCE_MS = 20_000

const someone = () => ({ userId: randomUUID(), lane: 'provision' as const })

async function refusal(work: Promise<unknown>) {
  const startedAt = performance.now()
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { error, ms: performance.now() - startedAt }
}

describe('a producer while Redis is away', () => {
  test('is refused at once when Redis was never there', async () => {
    const queues = producer(`redis://127.0.0.1:${await freePort()}`)
    const { error, ms } = await refusal(wake(queues, someone(), PATIENT))
    expect(error).toMatchObject({ name: 'HangarError', code: 'redis_unavailable', retry: 'transient' })
    expect(ms).toBeLessThan(AT_ONCE_MS)
  })

  test('works as soon as a Redis appears that was not there at the start', async () => {
    const port = await freePort()
    const queues = producer(`redis://127.0.0.1:${port}`)
    await expect(wake(queues, someone())).rejects.toMatchObject({ code: 'redis_unavailable' })
    await ownServer(port)
    await waitFor(async () => (await wake(queues, someone())) === 'added', {
      what: 'the first wake to get through',
    })
  })

  test('is refused at once after a crash, and works within seconds of the restart', async () => {
    const server = await ownServer()
    const queues = producer(server.url)
    await waitFor(() => wake(queues, someone()), { what: 'Redis' })

    await server.crash()
    await waitFor(() => queues.redis.status !== 'ready', { what: 'the loss to be noticed' })
    const refused = await Promise.all(
      Array.from({ length: 100 }, () => refusal(wake(queues, someone(), PATIENT))),
    )
    for (const { error, ms } of refused) {
      expect(error).toMatchObject({ code: 'redis_unavailable' })
      expect(ms).toBeLessThan(AT_ONCE_MS)
    }

    await ownServer(server.port)
    await waitFor(() => wake(queues, someone()), { what: 'a wake after the restart' })
  })

  test('never waits on a frozen Redis longer than its bound, and works when it thaws', async () => {
    const server = await ownServer()
    const queues = producer(server.url)
    await waitFor(() => wake(queues, someone()), { what: 'Redis' })

    process.kill(server.pid, 'SIGSTOP')
    try {
      const { error, ms } = await refusal(wake(queues, someone(), { timeoutMs: 300 }))
      expect(error).toMatchObject({
        code: 'redis_unavailable',
        message: expect.stringContaining('no answer within 300 ms'),
      })
      expect(ms).toBeGreaterThan(250)
      // The socket that owes an answer is given up, and from then on nobody waits at all.
      await waitFor(() => queues.redis.status !== 'ready', {
        what: 'the socket to be given up',
      })
      expect((await refusal(wake(queues, someone(), PATIENT))).ms).toBeLessThan(AT_ONCE_MS)
    } finally {
      process.kill(server.pid, 'SIGCONT')
    }
    await waitFor(() => wake(queues, someone()), { what: 'a wake after the thaw' })
  }, 30_000)
})

describe('a worker while Redis is away', () => {
  test('works on by itself after a crash that lost everything', async () => {
    const server = await ownServer()
    const queues = producer(server.url)
    const redis = createRedis({ url: server.url, role: 'worker', name: 'test' })
    const ran: string[] = []
    const worker = createLaneWorker({
      queue: 'provision',
      redis,
      prefix: '{test}',
      concurrency: 1,
      process: ({ userId }) => {
        ran.push(userId)
        return Promise.resolve({ kind: 'done' })
      },
    })
    cleanups.push(() => closeRedis(redis))
    cleanups.push(() => worker.close(500))
    await waitFor(() => wake(queues, someone()), { what: 'Redis' })
    await waitFor(() => ran.length === 1, { what: 'the first job' })

    await server.crash()
    await ownServer(server.port)
    await waitFor(() => wake(queues, someone()), { what: 'a wake after the restart' })
    await waitFor(() => ran.length === 2, { what: 'the job after the restart' })
  }, 30_000)

  test('stops within its deadline', async () => {
    const server = await ownServer()
    const redis = createRedis({ url: server.url, role: 'worker', name: 'test' })
    const worker = createLaneWorker({
      queue: 'provision',
      redis,
      concurrency: 1,
      process: () => Promise.resolve({ kind: 'done' }),
    })
    cleanups.push(() => closeRedis(redis))
    await worker.worker.waitUntilReady()
    await server.crash()
    const startedAt = performance.now()
    await worker.close(1000)
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS)
  })
})
