import { randomUUID } from 'node:crypto'

import { useTestRedis, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import type { Job } from 'bullmq'

import { backoffStrategy, RetryError, type Outcome } from './outcome.ts'
import { uniquePrefix, useBench } from './testing.ts'
import { wake } from './wake.ts'

const bench = useBench(useTestRedis())

/** Runs one job through a real worker: the first run as told, every later one `done`. */
async function runOnce(first: () => Promise<Outcome>) {
  const queues = await bench.openQueues(uniquePrefix())
  const runs: string[] = []
  const { worker } = await bench.startWorker(queues, (_data, { jobId }) => {
    runs.push(jobId)
    return runs.length === 1 ? first() : Promise.resolve({ kind: 'done' })
  })
  await wake(queues, { userId: randomUUID(), lane: 'provision' })
  const jobIn = async (state: 'completed' | 'delayed' | 'failed'): Promise<Job> => {
    await waitFor(async () => (await queues.provision.getJobCountByTypes(state)) === 1, {
      what: `a ${state} job`,
    })
    return (await queues.provision.getJobs([state]))[0]!
  }
  return { queues, runs, worker, jobIn }
}

const outcome = (value: Outcome) => () => Promise.resolve(value)

describe('each outcome in BullMQ', () => {
  test('done completes the job', async () => {
    const { jobIn, runs } = await runOnce(outcome({ kind: 'done' }))
    await jobIn('completed')
    expect(runs).toHaveLength(1)
  })

  test('done with more wanted runs the job once more at once', async () => {
    const { jobIn, runs } = await runOnce(outcome({ kind: 'done', again: true }))
    const job = await jobIn('completed')
    expect(runs).toEqual([job.id, job.id])
  })

  test('again_after parks the job for that long, says why, and costs no attempt', async () => {
    const { jobIn } = await runOnce(outcome({ kind: 'again_after', delayMs: 90_000, reason: 'draining' }))
    const job = await jobIn('delayed')
    expect(job.attemptsMade).toBe(0)
    expect(job.delay).toBeGreaterThan(89_000)
    expect(job.delay).toBeLessThanOrEqual(90_000)
    expect(job.progress).toEqual({ waiting: 'parked', reason: 'draining' })
  })

  test('retry backs off for the delay of the outcome and counts an attempt', async () => {
    const { jobIn } = await runOnce(
      outcome({ kind: 'retry', delayMs: 4321, error: new Error('Fly is away') }),
    )
    const job = await jobIn('delayed')
    expect(job.attemptsMade).toBe(1)
    expect(job.delay).toBe(4321)
    expect(job.failedReason).toBe('Fly is away')
    expect(job.progress).toEqual({ waiting: 'backing_off', reason: 'Fly is away' })
  })

  test('never fails the job at once, and the user can be woken anew', async () => {
    const { jobIn, queues } = await runOnce(outcome({ kind: 'never', error: new Error('no such region') }))
    const job = await jobIn('failed')
    expect(job.attemptsMade).toBe(1)
    expect(job.failedReason).toBe('no such region')
    const { userId } = job.data as { userId: string }
    expect(await wake(queues, { userId, lane: 'provision' })).toBe('added')
  })

  test('what a run throws becomes a retry', async () => {
    const { jobIn } = await runOnce(() => Promise.reject(new Error('a bug')))
    const job = await jobIn('delayed')
    expect(job.failedReason).toBe('a bug')
    expect(job.delay).toBeGreaterThanOrEqual(2500)
    expect(job.delay).toBeLessThanOrEqual(7500)
  })

  test('a job without a valid user id fails for good and is never run', async () => {
    const { queues, jobIn, runs } = await runOnce(outcome({ kind: 'done' }))
    await jobIn('completed')
    await queues.provision.add('reconcile', { userId: 'everyone' })
    const job = await jobIn('failed')
    expect(job.failedReason).toContain('Invalid job data')
    expect(runs).toHaveLength(1)
  })
})

describe('the backoff', () => {
  test('is what the error carries', () => {
    expect(backoffStrategy(3, 'hangar', new RetryError(new Error('x'), 8000))).toBe(8000)
  })

  test('is spread around five seconds for an error that carries none', () => {
    const delays = Array.from({ length: 200 }, () => backoffStrategy(1, 'hangar', new Error('x')))
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(2500)
    expect(Math.max(...delays)).toBeLessThanOrEqual(7500)
    expect(new Set(delays).size).toBeGreaterThan(50)
  })
})
