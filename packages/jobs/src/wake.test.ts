import { randomUUID } from 'node:crypto'

import { useTestRedis, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'

import type { Outcome } from './outcome.ts'
import { gate, uniquePrefix, useBench } from './testing.ts'
import { createSweepWorker } from './worker.ts'
import { wake, wakeSweep } from './wake.ts'

const bench = useBench(useTestRedis())
const provision = (userId: string) => ({ userId, lane: 'provision' as const })

describe('waking a user', () => {
  test('adds one job, however many processes ask at once', async () => {
    const prefix = uniquePrefix()
    const replicas = await Promise.all(Array.from({ length: 8 }, () => bench.openQueues(prefix)))
    const userId = randomUUID()

    const results = await Promise.all(
      replicas.flatMap((queues) => Array.from({ length: 25 }, () => wake(queues, provision(userId)))),
    )

    expect(results.filter((result) => result === 'added')).toHaveLength(1)
    expect(results.filter((result) => result === 'coalesced')).toHaveLength(199)
    expect(await replicas[0]!.provision.getJobCounts('waiting', 'delayed', 'active')).toEqual({
      waiting: 1,
      delayed: 0,
      active: 0,
    })
  })

  test('keeps users and lanes apart', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    const userId = randomUUID()
    expect(await wake(queues, { userId, lane: 'provision' })).toBe('added')
    expect(await wake(queues, { userId, lane: 'deprovision' })).toBe('added')
    expect(await wake(queues, { userId: randomUUID(), lane: 'provision' })).toBe('added')
  })

  test('during a run leads to exactly one more run, after it and never beside it', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    const userId = randomUUID()
    const first = gate()
    let running = 0
    let mostAtOnce = 0
    let runs = 0
    await bench.startWorker(queues, async () => {
      runs += 1
      running += 1
      mostAtOnce = Math.max(mostAtOnce, running)
      if (runs === 1) await first.opened
      running -= 1
      return { kind: 'done' }
    })
    await wake(queues, provision(userId))
    await waitFor(() => runs === 1, { what: 'the first run' })

    const results = await Promise.all(Array.from({ length: 10 }, () => wake(queues, provision(userId))))
    first.open()

    expect(new Set(results)).toEqual(new Set(['coalesced']))
    await waitFor(() => runs === 2, { what: 'the second run' })
    await waitFor(async () => (await queues.provision.getJobCountByTypes('waiting', 'active')) === 0, {
      what: 'the queue to be empty',
    })
    expect(runs).toBe(2)
    expect(mostAtOnce).toBe(1)
  })

  test('adds again where deduplication still points at a job that has ended', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    const userId = randomUUID()
    let runs = 0
    await bench.startWorker(queues, () => {
      runs += 1
      return Promise.resolve({ kind: 'done' })
    })
    await wake(queues, provision(userId))
    const jobId = await queues.provision.getDeduplicationJobId(userId)
    const ended = async () => (await queues.provision.getJobCountByTypes('completed')) === 1
    await waitFor(ended, { what: 'the first run to end' })
    await queues.redis.set(queues.provision.toKey(`de:${userId}`), jobId!)

    expect(await wake(queues, provision(userId))).toBe('added')
    await waitFor(() => runs === 2, { what: 'the second run' })
  })

  test('adds again after the job was removed by hand, whatever deduplication remembers', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    const userId = randomUUID()
    await wake(queues, provision(userId))
    const jobId = await queues.provision.getDeduplicationJobId(userId)
    await queues.redis.del(queues.provision.toKey(jobId!))
    expect(await wake(queues, provision(userId))).toBe('added')
  })
})

describe('waking a user whose job waits', () => {
  /** A worker that answers with the given outcomes in turn, then with done. */
  async function lane(outcomes: Outcome[]) {
    const queues = await bench.openQueues(uniquePrefix())
    const ran: string[] = []
    await bench.startWorker(queues, ({ userId }) => {
      ran.push(userId)
      return Promise.resolve(outcomes[ran.length - 1] ?? { kind: 'done' })
    })
    const userId = randomUUID()
    await wake(queues, provision(userId))
    await waitFor(async () => (await queues.provision.getDelayedCount()) === 1, {
      what: 'the job to wait',
    })
    return { queues, userId, ran }
  }
  const anHourMs = 3_600_000

  test('ends the pause of a parked job', async () => {
    const { queues, userId, ran } = await lane([
      { kind: 'again_after', delayMs: anHourMs, reason: 'draining' },
    ])
    const results = await Promise.all(Array.from({ length: 5 }, () => wake(queues, provision(userId))))
    expect(results).toContain('promoted')
    await waitFor(() => ran.length >= 2, { what: 'the parked job to run' })
  })

  test('leaves a job alone that backs off after a failure', async () => {
    const { queues, userId, ran } = await lane([
      { kind: 'retry', delayMs: anHourMs, error: new Error('Fly is away') },
    ])
    expect(await wake(queues, provision(userId))).toBe('coalesced')
    expect(await queues.provision.getDelayedCount()).toBe(1)
    expect(ran).toHaveLength(1)
  })

  test('ends a backoff too when the caller knows that the user is due', async () => {
    const { queues, userId, ran } = await lane([
      { kind: 'retry', delayMs: anHourMs, error: new Error('Fly is away') },
    ])
    expect(await wake(queues, { ...provision(userId), evenIfBackingOff: true })).toBe('promoted')
    await waitFor(() => ran.length === 2, { what: 'the failed job to run' })
  })

  test('counts as parked again when a job failed first and then waits for something', async () => {
    const { queues, userId, ran } = await lane([
      { kind: 'retry', delayMs: 1, error: new Error('Fly is away') },
      { kind: 'again_after', delayMs: anHourMs, reason: 'waiting for a heartbeat' },
    ])
    await waitFor(() => ran.length === 2, { what: 'the retry' })
    await waitFor(async () => (await queues.provision.getDelayedCount()) === 1, {
      what: 'the job to be parked',
    })
    expect(await wake(queues, provision(userId))).toBe('promoted')
  })
})

test('a wake during a run that then parks is not held for the whole pause', async () => {
  const queues = await bench.openQueues(uniquePrefix())
  const userId = randomUUID()
  const first = gate()
  let runs = 0
  await bench.startWorker(queues, async () => {
    runs += 1
    if (runs > 1) return { kind: 'done' }
    await first.opened
    return { kind: 'again_after', delayMs: 3_600_000, reason: 'draining' }
  })
  await wake(queues, provision(userId))
  await waitFor(() => runs === 1, { what: 'the first run' })

  expect(await wake(queues, provision(userId))).toBe('coalesced')
  first.open()

  await waitFor(() => runs === 2, { what: 'the kept wake to run the job' })
})

describe('waking a sweep', () => {
  test('adds one run, and one more after it where it was asked for meanwhile', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    await Promise.all(Array.from({ length: 10 }, () => wakeSweep(queues, 'orphans')))
    expect(await queues.sweep.getJobCounts('waiting', 'active')).toEqual({ waiting: 1, active: 0 })

    const first = gate()
    const runs: string[] = []
    const worker = createSweepWorker({
      queue: 'sweep',
      redis: await bench.connect('worker'),
      prefix: queues.prefix,
      concurrency: 1,
      process: async (_, { name }): Promise<Outcome> => {
        runs.push(name)
        await first.opened
        return { kind: 'done' }
      },
    })
    bench.cleanups.push(() => worker.close(500))
    await waitFor(() => runs.length === 1, { what: 'the run to start' })
    await Promise.all([wakeSweep(queues, 'orphans'), wakeSweep(queues, 'orphans')])
    first.open()
    await waitFor(() => runs.length === 2, { what: 'the second run' })
    await waitFor(async () => (await queues.sweep.getJobCountByTypes('waiting', 'active')) === 0, {
      what: 'the queue to be empty',
    })
    expect(runs).toEqual(['orphans', 'orphans'])
  })
})
