import { useTestRedis, waitFor } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { JOB_STATES, measureQueues } from './measure.ts'
import { gate, uniquePrefix, useBench } from './testing.ts'
import { wake, wakeSweep } from './wake.ts'

const bench = useBench(useTestRedis())

async function measured(queues: Awaited<ReturnType<typeof bench.openQueues>>, nowMs?: number) {
  const clock = {
    now: () => new Date(nowMs ?? performance.timeOrigin + performance.now()),
    sleep: () => Promise.resolve(),
  }
  return Object.fromEntries((await measureQueues(queues, clock)).map((one) => [one.queue, one]))
}

test('counts jobs by state, in every queue, and says which is paused', async () => {
  const queues = await bench.openQueues(uniquePrefix())
  const held = gate()
  await wake(queues, { userId: crypto.randomUUID(), lane: 'provision' })
  await bench.startWorker(queues, async () => {
    await held.opened
    return { kind: 'again_after', delayMs: 60_000, reason: 'waits' }
  })
  await waitFor(async () => (await queues.provision.getActiveCount()) === 1, { what: 'the job to run' })
  await queues.deprovision.pause()
  await wake(queues, { userId: crypto.randomUUID(), lane: 'deprovision' })
  const { provision, deprovision, cost } = await measured(queues)
  const none = Object.fromEntries(JOB_STATES.map((state) => [state, 0]))
  expect(provision).toMatchObject({ jobs: { ...none, active: 1 }, paused: false, oldestWaitingMs: null })
  expect(deprovision).toMatchObject({ jobs: { ...none, waiting: 1 }, paused: true })
  expect(cost).toEqual({ queue: 'cost', jobs: none, paused: false, oldestWaitingMs: 0 })
  held.open()
  await waitFor(async () => (await queues.provision.getDelayedCount()) === 1, {
    what: 'the job to be parked',
  })
  expect((await measured(queues))['provision']?.jobs).toEqual({ ...none, delayed: 1 })
})

test('tells for how long the next job of another queue could have been worked on, from when it was due', async () => {
  const queues = await bench.openQueues(uniquePrefix())
  await wakeSweep(queues, 'health')
  const [job] = await queues.health.getJobs(['waiting'])
  const addedMs = job?.timestamp ?? 0
  expect((await measured(queues, addedMs + 90_000))['health']?.oldestWaitingMs).toBe(90_000)
  // A scheduled run is made when the one before it starts, long before it is due.
  await queues.cost.add('cost', {}, { delay: 60_000 })
  const [later] = await queues.cost.getJobs(['delayed'])
  await later?.promote()
  const lateMs = (later?.timestamp ?? 0) + 61_500
  expect((await measured(queues, lateMs))['cost']?.oldestWaitingMs).toBe(1_500)
})
