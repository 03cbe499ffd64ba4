/** The scheduler as it runs: real processes and a Redis of their own. Outages are in outages.full.test.ts. */
import { SCHEDULES } from '@hangar/jobs'
import { createUser, freePort, startProcess, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { SCHEDULER, useReplicas } from './testing/replicas.ts'

const replicas = useReplicas()

const untilQueued = (what: string) =>
  waitFor(async () => (await replicas.sumOfJobs('provision')) === 1, { what })

describe('two replicas', () => {
  test('schedule each sweep once, wake a user once, and put back both within seconds of FLUSHALL', async () => {
    const both = await Promise.all([replicas.start(), replicas.start()])
    await replicas.untilScheduled('the schedules')
    await createUser(replicas.database.db, { tier: 'pro' })
    await untilQueued('the user to be woken without any webhook')

    await replicas.queues.redis.flushall()

    await replicas.untilScheduled('the schedules after the flush')
    await untilQueued('the user to be woken after the flush')
    for (const { queue } of SCHEDULES)
      expect(await replicas.sumOfJobs(queue)).toBe(
        SCHEDULES.filter((schedule) => schedule.queue === queue).length,
      )

    const codes = await Promise.all(
      both.map(({ process }) => {
        process.kill('SIGTERM')
        return process.exited
      }),
    )
    expect(codes).toEqual([0, 0])
  }, 60_000)
})

describe('the start', () => {
  test('is refused with every problem of the configuration, and no secret', async () => {
    const process = await startProcess({
      name: 'scheduler',
      entry: SCHEDULER,
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
      entry: SCHEDULER,
      env: {
        DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${await freePort()}/x`,
        REDIS_URL: replicas.redis.url,
        LOG_LEVEL: 'silent',
      },
    })
    expect(await process.exited).toBe(1)
    expect(process.logs()).toMatch(/^scheduler: .*ECONNREFUSED/)
    expect(process.logs()).not.toContain('hunter2')
  })
})
