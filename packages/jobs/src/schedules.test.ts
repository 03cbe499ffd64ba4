import { useTestRedis, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'

import type { Queues } from './queues.ts'
import { ensureSchedulers, NOTIFY_SCHEDULES, SCHEDULES, type Schedule } from './schedules.ts'
import { useBench } from './testing.ts'

const bench = useBench(useTestRedis())

const EVERY: readonly Schedule[] = [...SCHEDULES, ...NOTIFY_SCHEDULES]
const often: Schedule = { id: 'often', queue: 'sweep', everyMs: 200 }

/** Every key under the prefix is gone, as after FLUSHALL, without touching what other tests keep in this Redis. */
async function flush({ redis, prefix }: Queues): Promise<void> {
  const keys = await redis.keys(`${prefix}:*`)
  await redis.del(...keys)
}

describe('the schedules', () => {
  test('are guards each quarter of a minute, alerts, differences and stuck each minute, orphans and health each five minutes, cost each hour', () => {
    expect(SCHEDULES).toEqual([
      { id: 'guards', queue: 'guards', everyMs: 15_000 },
      { id: 'alerts', queue: 'guards', everyMs: 60_000 },
      { id: 'differences', queue: 'sweep', everyMs: 60_000 },
      { id: 'stuck', queue: 'sweep', everyMs: 60_000 },
      { id: 'orphans', queue: 'sweep', everyMs: 300_000 },
      { id: 'health', queue: 'health', everyMs: 300_000 },
      { id: 'cost', queue: 'cost', everyMs: 3_600_000 },
    ])
  })

  test('written by eight replicas at once exist once, with one run each', async () => {
    const all = await bench.replicas(8)
    await Promise.all(all.map((queues) => ensureSchedulers(queues)))
    for (const { id, queue } of EVERY) {
      const kept = await all[0]![queue].getJobSchedulers()
      expect(kept.filter(({ key }) => key === id)).toHaveLength(1)
      const runs = await all[0]![queue].getJobs(['waiting', 'delayed'])
      expect(runs.filter(({ name }) => name === id)).toHaveLength(1)
    }
    // Sweeps take turns; a channel that hangs leaves room for each of the others.
    expect(await all[0]!.sweep.getGlobalConcurrency()).toBe(1)
    expect(await all[0]!.notify.getGlobalConcurrency()).toBeGreaterThan(NOTIFY_SCHEDULES.length)
  })

  test('are left alone when they are there', async () => {
    const [queues] = await bench.replicas(1)
    expect((await ensureSchedulers(queues!)).written).toHaveLength(EVERY.length)
    expect((await ensureSchedulers(queues!)).written).toEqual([])
  })

  test('come back after a flush', async () => {
    const [queues] = await bench.replicas(1)
    await ensureSchedulers(queues!)
    await flush(queues!)
    const { written } = await ensureSchedulers(queues!, { replaceChanged: false })
    expect(written).toEqual(EVERY.map(({ id }) => ({ id, why: 'missing' })))
    expect((await queues!.sweep.getJobs(['waiting', 'delayed'])).map(({ name }) => name)).toContain(
      'differences',
    )
  })

  test('keep a run that is due and not fetched yet', async () => {
    const [queues] = await bench.replicas(1)
    await ensureSchedulers(queues!, { schedules: [often] })
    const before = await queues!.sweep.getJobs(['waiting', 'delayed'])
    const muchLater = { now: () => new Date(8_640_000_000_000), sleep: () => Promise.resolve() }
    expect(await ensureSchedulers(queues!, { schedules: [often], clock: muchLater })).toEqual({ written: [] })
    const after = await queues!.sweep.getJobs(['waiting', 'delayed'])
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })

  test('change at a start, and not in the check every few seconds', async () => {
    const [queues] = await bench.replicas(1)
    const slower = { ...often, everyMs: 500_000 }
    await ensureSchedulers(queues!, { schedules: [often] })
    expect(await ensureSchedulers(queues!, { schedules: [slower], replaceChanged: false })).toEqual({
      written: [],
    })
    expect(await ensureSchedulers(queues!, { schedules: [slower] })).toEqual({
      written: [{ id: 'often', why: 'changed' }],
    })
    expect((await queues!.sweep.getJobScheduler('often'))?.every).toBe(500_000)
  })

  test('whose next run was removed by hand start again', async () => {
    const [queues] = await bench.replicas(1)
    await ensureSchedulers(queues!, { schedules: [often] })
    const [next] = await queues!.sweep.getJobs(['waiting', 'delayed'])
    await queues!.redis.del(queues!.sweep.toKey(next!.id!))
    await queues!.redis.lrem(queues!.sweep.toKey('wait'), 0, next!.id!)
    const soon = { now: () => new Date(next!.timestamp + 5000), sleep: () => Promise.resolve() }
    const later = { ...soon, now: () => new Date(next!.timestamp + 30_000) }
    expect((await ensureSchedulers(queues!, { schedules: [often], clock: soon })).written).toEqual([])
    expect((await ensureSchedulers(queues!, { schedules: [often], clock: later })).written).toEqual([
      { id: 'often', why: 'broken' },
    ])
    const ran = await bench.startSweeper(queues!)
    await waitFor(() => ran.length >= 3, { what: 'runs after the repair' })
  })
})
