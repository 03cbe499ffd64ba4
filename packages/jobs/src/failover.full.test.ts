// Real Redis servers that stand in for each other, and one of them is lost while jobs are added and done all the time.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { HangarError } from '@hangar/core'
import { startRedisCluster, startRedisSentinel, waitFor, type RedisGroup } from '@hangar/testkit'
import { afterAll, describe, expect, test } from '@jest/globals'
import { createQueues } from './queues.ts'
import { closeRedis, createRedis } from './redis.ts'
import { useBench } from './testing.ts'
import { wake } from './wake.ts'

/** As the sentinels and the nodes are told in these tests: two seconds of silence, an election, and everybody's way back. */
const GOES_ON_MS = 30_000
const BETWEEN_MS = 5

describe.each([
  ['sentinel', startRedisSentinel],
  ['cluster', startRedisCluster],
] as const)('a Redis %s', (_kind, start) => {
  let group: RedisGroup | undefined
  const bench = useBench({
    get url() {
      if (!group) throw new Error('the servers are not up')
      return group.url
    },
  })
  afterAll(() => group?.stop())

  test('goes on with its queues when the master is killed, and when the next one freezes', async () => {
    group = await start()
    const prefix = '{failover}'
    const queues = await bench.openQueues(prefix)
    const done = new Map<string, number>()
    const asked = new Set<string>()
    const refused: string[] = []
    let longestMs = 0
    for (let worker = 0; worker < 2; worker++) {
      await bench.startWorker(queues, ({ userId }) => {
        done.set(userId, (done.get(userId) ?? 0) + 1)
        return Promise.resolve({ kind: 'done' })
      })
    }

    const ending = new AbortController()
    const load = (async () => {
      while (!ending.signal.aborted) {
        const userId = randomUUID()
        const startedAt = performance.now()
        await wake(queues, { userId, lane: 'provision' }).then(
          () => asked.add(userId),
          (error: unknown) => refused.push(error instanceof HangarError ? error.code : 'unforeseen'),
        )
        longestMs = Math.max(longestMs, performance.now() - startedAt)
        await delay(BETWEEN_MS)
      }
    })()
    const goesOn = async () => {
      const from = done.size
      await waitFor(() => done.size > from + 100, { what: 'a hundred more jobs', timeoutMs: GOES_ON_MS })
    }
    await goesOn()

    const first = await group.masterOf(prefix)
    await first.kill()
    await goesOn()
    await first.revive()
    const second = await waitFor(async () => (await group?.masterOf(prefix)) ?? false, { what: 'a master' })
    expect(second.port).not.toBe(first.port)
    await goesOn()

    await waitFor(() => first.isInStep(), { what: 'the one that came back to have all', timeoutMs: 20_000 })
    second.freeze()
    await goesOn()
    second.thaw()
    await goesOn()
    ending.abort()
    await load

    // Nobody waits for a Redis that is not there.
    expect(longestMs).toBeLessThan(5_000)
    // Refused while there was no master, in so many words, and taken again afterwards.
    expect(new Set(refused)).toEqual(new Set(['redis_unavailable']))
    // What a master had taken and not yet told its replica is lost with it: that is what the relay is for.
    const lost = () => [...asked].filter((userId) => !done.has(userId))
    await waitFor(() => lost().length <= asked.size / 100, {
      what: 'what was taken to be done',
      timeoutMs: 45_000,
    })
  }, 180_000)
})

test('a cluster takes no prefix without braces', async () => {
  const redis = createRedis({ url: 'redis+cluster://127.0.0.1:1', role: 'producer', name: 'test' })
  expect(() => createQueues({ redis, prefix: 'hangar' })).toThrow(/in braces/)
  await closeRedis(redis)
})
