import { randomUUID } from 'node:crypto'
import { useTestRedis } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'

import { raiseHighWater, readHighWater, replaceHighWater } from './high-water.ts'
import { uniquePrefix, useBench } from './testing.ts'

const bench = useBench(useTestRedis())

describe('the high-water mark', () => {
  test('only rises, in whatever order it is written, and each installation has its own', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    const installation = randomUUID()
    expect(await readHighWater(queues, installation)).toBeNull()
    await Promise.all([3, 11, 9, 100, 20].map((to) => raiseHighWater(queues, installation, to)))
    expect(await readHighWater(queues, installation)).toBe(100)
    await raiseHighWater(queues, installation, 99)
    expect(await readHighWater(queues, installation)).toBe(100)
    expect(await readHighWater(queues, randomUUID())).toBeNull()
  })

  test('begins at nothing: an empty history is a mark too', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    const installation = randomUUID()
    await raiseHighWater(queues, installation, 0)
    expect(await readHighWater(queues, installation)).toBe(0)
  })

  test('is replaced only by who saw it', async () => {
    const queues = await bench.openQueues(uniquePrefix())
    const installation = randomUUID()
    await raiseHighWater(queues, installation, 100)
    await replaceHighWater(queues, installation, { from: 90, to: 10 })
    expect(await readHighWater(queues, installation)).toBe(100)
    await replaceHighWater(queues, installation, { from: 100, to: 10 })
    expect(await readHighWater(queues, installation)).toBe(10)
  })
})
