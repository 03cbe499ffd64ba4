/** What runs show by coming again and again, in real time. */
import { useTestRedis, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'

import { ensureSchedulers, type Schedule } from './schedules.ts'
import { gate, useBench } from './testing.ts'

const bench = useBench(useTestRedis())

const often: Schedule = { id: 'often', queue: 'sweep', everyMs: 200 }

describe('runs', () => {
  test('neither double nor get lost while eight replicas check without pause', async () => {
    const all = await bench.replicas(8)
    const ran = await bench.startSweeper(all[0]!)
    await bench.startSweeper(all[0]!)
    let checking = true
    const checks = all.map(async (queues) => {
      while (checking) await ensureSchedulers(queues, { schedules: [often], replaceChanged: false })
    })
    await waitFor(() => ran.length >= 12, { what: 'a dozen runs' })
    checking = false
    await Promise.all(checks)

    const dueAt = ran.map((id) => Number(id.split(':')[2]))
    expect(new Set(dueAt).size).toBe(dueAt.length)
  }, 30_000)

  test('of one sweep never overlap, on any replica', async () => {
    const [queues] = await bench.replicas(1)
    await ensureSchedulers(queues!, { schedules: [often] })
    const release = gate()
    const first = await bench.startSweeper(queues!, () => release.opened)
    const second = await bench.startSweeper(queues!, () => release.opened)
    await waitFor(async () => (await queues!.sweep.getJobCountByTypes('waiting')) >= 1, {
      what: 'the next run to be due while the first is still going',
    })
    expect(first.length + second.length).toBe(1)
    release.open()
    await waitFor(() => first.length + second.length >= 3, { what: 'the runs after it' })
  }, 30_000)
})
