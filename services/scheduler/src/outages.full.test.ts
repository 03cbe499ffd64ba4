/** Schedulers that are killed, and that lose Redis or PostgreSQL: real processes, and a line that can be cut. */
import { connect, createServer, type Socket } from 'node:net'
import { raiseWant } from '@hangar/db'
import { createUser, freePort, type ManagedProcess, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { type Replica, useReplicas } from './testing/replicas.ts'

const replicas = useReplicas()

describe('two replicas', () => {
  test('go on when one is killed in the middle of everything', async () => {
    const [first, second] = await Promise.all([replicas.start(), replicas.start()])
    first.process.kill('SIGKILL')
    await first.process.exited
    await replicas.queues.redis.flushall()
    await createUser(replicas.database.db, { tier: 'pro' })
    await replicas.untilScheduled('the schedules')
    await waitFor(async () => (await replicas.sumOfJobs('provision')) >= 1, {
      what: 'the users',
    })
    expect(second.process.running).toBe(true)
  }, 60_000)
})

describe('an outage', () => {
  test('of Redis: stays up, is not ready, says so once, and catches up within seconds', async () => {
    const replica = await replicas.start()
    await replicas.crashRedis()
    await waitFor(async () => (await replica.ready()) === 503, { what: 'not to be ready' })
    const { userId } = await createUser(replicas.database.db, { tier: 'pro' })
    await untilRoundsFail(replica)

    await replicas.restartRedis()
    await waitFor(async () => (await replicas.queues.provision.getDeduplicationJobId(userId)) !== null, {
      timeoutMs: 12_000,
      what: 'the user to be woken',
    })
    await replicas.untilScheduled('the schedules')
    await waitFor(async () => (await replica.ready()) === 200, { what: 'to be ready again' })
    expect(warningsOf(replica, 'relay')).toHaveLength(1)
    expect(replica.process.logs()).toContain('rounds succeed again')
    const metrics = await replica.metrics()
    expect(metrics).toMatch(/^hangar_scheduler_round_failures_total\{loop="relay".*\} ([3-9]|[1-9]\d)$/m)
    expect(metrics).toMatch(/^hangar_scheduler_last_success_timestamp_seconds\{loop="schedules".*\} \d{10}/m)
    expect(metrics).toMatch(/^hangar_relay_lag_seconds\{.*\} \d/m)
  }, 60_000)

  test('of PostgreSQL: stays up, is not ready, and catches up within seconds', async () => {
    const line = await proxyTo(replicas.database.url)
    const replica = await replicas.start({ DATABASE_URL: line.url })
    line.cut()
    await waitFor(async () => (await replica.ready()) === 503, { what: 'not to be ready' })
    const userId = crypto.randomUUID()
    await raiseWant(replicas.database.db, userId, 'manual', { enroll: true })
    await untilRoundsFail(replica)

    line.mend()
    await waitFor(async () => (await replicas.queues.deprovision.getDeduplicationJobId(userId)) !== null, {
      timeoutMs: 12_000,
      what: 'the user to be woken',
    })
    await waitFor(async () => (await replica.ready()) === 200, { what: 'to be ready again' })
    expect(warningsOf(replica, 'relay')).toHaveLength(1)
  }, 60_000)
})

test('whoever is to stop does so in time, although PostgreSQL owes the answer to a step in hand', async () => {
  const line = await proxyTo(replicas.database.url)
  const replica = await replicas.start({ DATABASE_URL: line.url, SHUTDOWN_DEADLINE_MS: '6000' })
  line.silence()
  await waitFor(() => line.isOwed(), { what: 'a step to ask PostgreSQL' })
  replica.process.kill('SIGTERM')
  expect(await replica.process.exited).toBe(0)
  expect(replica.process.logs()).not.toContain('the stop deadline has passed')
}, 60_000)

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

/** A line to PostgreSQL that can be cut: connections break, and new ones are dropped, until it is mended. Or it falls silent. */
async function proxyTo(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let [isCut, isSilent, isOwed] = [false, false, false]
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
      from.on('data', (chunk) => {
        if (isSilent) isOwed = true
        else to.write(chunk)
      })
    }
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  replicas.cleanups.push(async () => {
    cut()
    await new Promise((resolve) => server.close(resolve))
  })
  const through = new URL(url)
  through.host = `127.0.0.1:${port}`
  return {
    url: through.href,
    cut,
    mend: () => void (isCut = false),
    silence: () => void (isSilent = true),
    isOwed: () => isOwed,
  }
}
