/** The scheduler as it runs: real processes, a Redis of their own, and a PostgreSQL that can be cut off. */
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

import { raiseWant } from '@hangar/db'
import {
  closeQueues,
  closeRedis,
  createQueues,
  createRedis,
  SCHEDULES,
  type QueueName,
  type Queues,
} from '@hangar/jobs'
import {
  createUser,
  freePort,
  startProcess,
  startRedis,
  useTestDatabase,
  waitFor,
  type LocalRedis,
  type ManagedProcess,
} from '@hangar/testkit'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

const database = useTestDatabase()
const entry = fileURLToPath(new URL('./main.ts', import.meta.url))

const cleanups: (() => Promise<unknown>)[] = []
let redis: LocalRedis
let queues: Queues

beforeEach(async () => {
  redis = await startRedis()
  cleanups.push(() => redis.stop())
  const producer = createRedis({ url: redis.url, role: 'producer', name: 'test' })
  queues = createQueues({ redis: producer })
  cleanups.push(() => closeRedis(producer))
  cleanups.push(() => closeQueues(queues))
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

type Replica = { process: ManagedProcess; ready(): Promise<number>; metrics(): Promise<string> }

async function startReplica(env: Record<string, string> = {}): Promise<Replica> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const process = await startProcess({
    name: 'scheduler',
    entry,
    env: { DATABASE_URL: database.url, REDIS_URL: redis.url, PORT: String(port), LOG_LEVEL: 'debug', ...env },
    readyUrl: `${address}/readyz`,
  })
  cleanups.push(() => process.stop())
  return {
    process,
    ready: async () => (await fetch(`${address}/readyz`)).status,
    metrics: async () => (await fetch(`${address}/metrics`)).text(),
  }
}

const sumOfJobs = (name: QueueName) => queues[name].getJobCountByTypes('waiting', 'delayed', 'active')

async function untilScheduled(what: string): Promise<void> {
  await waitFor(
    async () => {
      const found = await Promise.all(SCHEDULES.map(({ id, queue }) => queues[queue].getJobScheduler(id)))
      return found.every((schedule) => schedule !== undefined)
    },
    { timeoutMs: 6000, what },
  )
}

const untilQueued = (what: string) =>
  waitFor(async () => (await sumOfJobs('provision')) === 1, { timeoutMs: 6000, what })

describe('two replicas', () => {
  test('schedule each sweep once, wake a user once, and put back both within seconds of FLUSHALL', async () => {
    const replicas = await Promise.all([startReplica(), startReplica()])
    await untilScheduled('the schedules')
    await createUser(database.db, { tier: 'pro' })
    await untilQueued('the user to be woken without any webhook')

    await queues.redis.flushall()

    await untilScheduled('the schedules after the flush')
    await untilQueued('the user to be woken after the flush')
    for (const { queue } of SCHEDULES)
      expect(await sumOfJobs(queue)).toBe(SCHEDULES.filter((schedule) => schedule.queue === queue).length)

    const codes = await Promise.all(
      replicas.map(({ process }) => {
        process.kill('SIGTERM')
        return process.exited
      }),
    )
    expect(codes).toEqual([0, 0])
  }, 60_000)

  test('go on when one is killed in the middle of everything', async () => {
    const [first, second] = await Promise.all([startReplica(), startReplica()])
    first.process.kill('SIGKILL')
    await first.process.exited
    await queues.redis.flushall()
    await createUser(database.db, { tier: 'pro' })
    await untilScheduled('the schedules')
    await waitFor(async () => (await sumOfJobs('provision')) >= 1, { timeoutMs: 6000, what: 'the users' })
    expect(second.process.running).toBe(true)
  }, 60_000)
})

describe('an outage', () => {
  test('of Redis: stays up, is not ready, says so once, and catches up within seconds', async () => {
    const replica = await startReplica()
    await redis.crash()
    await waitFor(async () => (await replica.ready()) === 503, { timeoutMs: 5000, what: 'not to be ready' })
    const { userId } = await createUser(database.db, { tier: 'pro' })
    await untilRoundsFail(replica)

    redis = await startRedis({ port: redis.port })
    await waitFor(async () => (await queues.provision.getDeduplicationJobId(userId)) !== null, {
      timeoutMs: 12_000,
      what: 'the user to be woken',
    })
    await untilScheduled('the schedules')
    await waitFor(async () => (await replica.ready()) === 200, { timeoutMs: 5000, what: 'to be ready again' })
    expect(warningsOf(replica, 'relay')).toHaveLength(1)
    expect(replica.process.logs()).toContain('rounds succeed again')
    const metrics = await replica.metrics()
    expect(metrics).toMatch(/^hangar_scheduler_round_failures_total\{loop="relay".*\} ([3-9]|[1-9]\d)$/m)
    expect(metrics).toMatch(/^hangar_scheduler_last_success_timestamp_seconds\{loop="schedules".*\} \d{10}/m)
    expect(metrics).toMatch(/^hangar_relay_lag_seconds\{.*\} \d/m)
  }, 60_000)

  test('of PostgreSQL: stays up, is not ready, and catches up within seconds', async () => {
    const line = await proxyTo(database.url)
    const replica = await startReplica({ DATABASE_URL: line.url })
    line.cut()
    await waitFor(async () => (await replica.ready()) === 503, { timeoutMs: 5000, what: 'not to be ready' })
    const userId = crypto.randomUUID()
    await raiseWant(database.db, userId, 'manual', { enroll: true })
    await untilRoundsFail(replica)

    line.mend()
    await waitFor(async () => (await queues.deprovision.getDeduplicationJobId(userId)) !== null, {
      timeoutMs: 12_000,
      what: 'the user to be woken',
    })
    await waitFor(async () => (await replica.ready()) === 200, { timeoutMs: 5000, what: 'to be ready again' })
    expect(warningsOf(replica, 'relay')).toHaveLength(1)
  }, 60_000)
})

describe('the start', () => {
  test('is refused with every problem of the configuration, and no secret', async () => {
    const process = await startProcess({
      name: 'scheduler',
      entry,
      env: { DATABASE_URL: 'mysql://root:hunter2@db/hangar', RELAY_INTERVAL_MS: 'fast' },
    })
    expect(await process.exited).toBe(78)
    const lines = process.logs().trim().split('\n')
    expect(lines.map((line) => line.split(/[ :]+/)[1])).toEqual([
      'DATABASE_URL',
      'REDIS_URL',
      'RELAY_INTERVAL_MS',
    ])
    expect(process.logs()).not.toContain('hunter2')
  })

  test('is refused when PostgreSQL does not answer', async () => {
    const process = await startProcess({
      name: 'scheduler',
      entry,
      env: {
        DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${await freePort()}/x`,
        REDIS_URL: redis.url,
        LOG_LEVEL: 'silent',
      },
    })
    expect(await process.exited).toBe(1)
    expect(process.logs()).toMatch(/^scheduler: .*ECONNREFUSED/)
    expect(process.logs()).not.toContain('hunter2')
  })
})

const untilRoundsFail = ({ process }: Replica) =>
  waitFor(
    () => linesOf(process).filter(({ loop, msg }) => loop === 'relay' && msg === 'round failed').length >= 3,
    {
      timeoutMs: 20_000,
      what: 'three rounds of the relay to fail',
    },
  )

/** The warnings of one loop: there is one for each outage, not one for each failed round. */
const warningsOf = ({ process }: Replica, loop: string) =>
  linesOf(process).filter((line) => line.level === 'warn' && line.loop === loop)

function linesOf(process: ManagedProcess): { level: string; msg: string; loop?: string }[] {
  const lines = process.logs().split('\n')
  return lines
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as ReturnType<typeof linesOf>[number])
}

/** A line to PostgreSQL that can be cut: connections break, and new ones are dropped, until it is mended. */
async function proxyTo(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const upstream = connect({ host: target.hostname, port: Number(target.port) })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => from.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  cleanups.push(async () => {
    cut()
    await new Promise((resolve) => server.close(resolve))
  })
  const through = new URL(url)
  through.host = `127.0.0.1:${port}`
  return { url: through.href, cut, mend: () => void (isCut = false) }
}
