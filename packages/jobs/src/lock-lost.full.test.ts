/** BullMQ looks after a lock every few seconds of real time, so this takes as long. */
import { randomUUID } from 'node:crypto'
import { useTestRedis } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { uniquePrefix, useBench } from './testing.ts'
import { wake } from './wake.ts'

const bench = useBench(useTestRedis())

test('a run whose lock is lost is told so, and does not touch the job any more', async () => {
  const queues = await bench.openQueues(uniquePrefix())
  const lockOf = (jobId: string) => queues.provision.toKey(`${jobId}:lock`)
  const reason = Promise.withResolvers<unknown>()
  await bench.startWorker(queues, async (_data, { signal, jobId }) => {
    // What a long pause of this process looks like from Redis: the lock ran out, and another worker holds it.
    await queues.redis.set(lockOf(jobId), 'another worker')
    return new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        reason.resolve(signal.reason)
        reject(new Error(String(signal.reason)))
      }),
    )
  })
  await wake(queues, { userId: randomUUID(), lane: 'provision' })

  expect(await reason.promise).toBe('lock lost')

  const [job] = await queues.provision.getJobs(['active'])
  expect(job?.failedReason).toBeUndefined()
  expect(await queues.redis.get(lockOf(job!.id!))).toBe('another worker')
}, 30_000)
