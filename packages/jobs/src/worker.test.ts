import { randomUUID } from 'node:crypto'

import { useTestRedis, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'

import { gate, uniquePrefix, useBench } from './testing.ts'
import { wake } from './wake.ts'

const bench = useBench(useTestRedis())

/** Ends with the signal's reason once it aborts, as a run does that passes its signal on. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error(String(signal.reason)))),
  )

async function oneRunningJob(
  process: Parameters<typeof bench.startWorker>[1],
  queues?: Awaited<ReturnType<typeof bench.openQueues>>,
) {
  const target = queues ?? (await bench.openQueues(uniquePrefix()))
  const started = gate()
  const worker = await bench.startWorker(target, (data, context) => {
    started.open()
    return process(data, context)
  })
  await wake(target, { userId: randomUUID(), lane: 'provision' })
  await started.opened
  return { queues: target, worker }
}

/** Longer than a busy machine stands still: what takes less than half of it did not wait for its end. */
const PATIENCE_MS = 40_000

/** How long the promise took, by the one clock that cannot be set back. */
async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work
  return performance.now() - startedAt
}

describe('stopping a worker', () => {
  test('lets a running job end', async () => {
    const release = gate()
    const { queues, worker } = await oneRunningJob(async () => {
      await release.opened
      return { kind: 'done' }
    })
    const closed = worker.close(PATIENCE_MS)
    release.open()
    expect(await elapsedMs(closed)).toBeLessThan(PATIENCE_MS / 2)
    expect(await queues.provision.getCompletedCount()).toBe(1)
  })

  test('aborts what is not done in time and gives it back at once, without costing an attempt', async () => {
    const reasons: unknown[] = []
    const { queues, worker } = await oneRunningJob((_data, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason))
      return untilAborted(signal)
    })

    expect(await elapsedMs(worker.close(1000))).toBeLessThan(PATIENCE_MS / 2)

    expect(reasons).toEqual(['shutdown'])
    const [job] = await queues.provision.getJobs(['waiting'])
    expect(job?.attemptsMade).toBe(0)

    const ranElsewhere = gate()
    await bench.startWorker(queues, () => {
      ranElsewhere.open()
      return Promise.resolve({ kind: 'done' })
    })
    await ranElsewhere.opened
  })

  test('aborts a run whose job was given to somebody else meanwhile, even to this worker itself', async () => {
    const first = Promise.withResolvers<unknown>()
    let [runs, job] = [0, '']
    const { queues, worker } = await oneRunningJob((_data, { signal, jobId }) => {
      if (++runs > 1) return Promise.resolve({ kind: 'done' })
      signal.addEventListener('abort', () => first.resolve(signal.reason))
      job = jobId
      return untilAborted(signal)
    })
    // As after a pause in which the lock ran out; BullMQ now knows of the second run alone, and then of none.
    const token = await queues.redis.get(queues.provision.toKey(`${job}:lock`))
    await (await queues.provision.getJob(job))?.moveToWait(String(token))
    await waitFor(async () => (await queues.provision.getCompletedCount()) === 1, { what: 'the second run' })
    await worker.close(1000)
    expect(await first.promise).toBe('shutdown')
  })

  test('keeps its deadline when a job ignores the signal; the job stays locked for another worker to find', async () => {
    const release = gate()
    const { queues, worker } = await oneRunningJob(async () => {
      await release.opened
      return { kind: 'done' }
    })
    expect(await elapsedMs(worker.close(600))).toBeLessThan(PATIENCE_MS / 2)
    expect(await queues.provision.getActiveCount()).toBe(1)
    release.open()
  })

  test('does not start what comes in while it stops', async () => {
    const release = gate()
    const { queues, worker } = await oneRunningJob(async () => {
      await release.opened
      return { kind: 'done' }
    })
    const closed = worker.close(5000)
    await waitFor(() => worker.worker.isPaused(), { what: 'the worker to stop fetching' })
    await wake(queues, { userId: randomUUID(), lane: 'provision' })
    release.open()
    await closed
    expect(await queues.provision.getWaitingCount()).toBe(1)
  })

  test('is quick and quiet when idle, and when done twice', async () => {
    const worker = await bench.startWorker(await bench.openQueues(uniquePrefix()), () =>
      Promise.resolve({ kind: 'done' }),
    )
    expect(await elapsedMs(worker.close(PATIENCE_MS))).toBeLessThan(PATIENCE_MS / 2)
    expect(await elapsedMs(worker.close(PATIENCE_MS))).toBeLessThan(PATIENCE_MS / 2)
  })
})

test('finished jobs are kept for a look, within bounds', async () => {
  const queues = await bench.openQueues(uniquePrefix())
  let runs = 0
  await bench.startWorker(
    queues,
    () => {
      runs += 1
      return Promise.resolve({ kind: 'done' })
    },
    { concurrency: 50 },
  )
  await Promise.all(
    Array.from({ length: 1050 }, () => wake(queues, { userId: randomUUID(), lane: 'provision' })),
  )
  await waitFor(async () => runs === 1050 && (await queues.provision.getActiveCount()) === 0, {
    timeoutMs: 45_000,
    what: 'every job to end',
  })
  expect(await queues.provision.getCompletedCount()).toBe(1000)
})
