import { expect, test } from '@jest/globals'
import { Gauge, Registry } from 'prom-client'
import { createLogger } from './logger.ts'
import { createReadings } from './readings.ts'

function setUp(read: () => Promise<number>, withinMs?: number) {
  const registry = new Registry()
  const time = { nowMs: 1_000_000 }
  const log: string[] = []
  const destination = { write: (line: string) => void log.push(line) }
  const readings = createReadings(registry, {
    clock: { now: () => new Date(time.nowMs), sleep: () => Promise.resolve() },
    logger: createLogger({ service: 'test', level: 'info', destination }),
  })
  const gauge: Gauge = new Gauge({
    name: 'apps',
    help: 'h',
    registers: [registry],
    collect: readings.add({
      name: 'fleet',
      everyMs: 5_000,
      ...(withinMs === undefined ? {} : { withinMs }),
      read,
      show: (value) => gauge.set(value),
    }),
  })
  const scrape = async () => {
    const text = await registry.metrics()
    const value = (pattern: RegExp) => Number(pattern.exec(text)?.[1])
    return {
      apps: value(/^apps (.*)$/m),
      readAt: value(/^hangar_reading_last_success_timestamp_seconds\{reading="fleet"\} (.*)$/m),
    }
  }
  return { scrape, time, log }
}

test('is asked once for several scrapes, tells when, and again once the answer is old', async () => {
  let value = 0
  const { scrape, time } = setUp(() => Promise.resolve(++value))
  expect(await Promise.all([scrape(), scrape()])).toEqual([
    { apps: 1, readAt: 1_000 },
    { apps: 1, readAt: 1_000 },
  ])
  time.nowMs += 4_999
  expect((await scrape()).apps).toBe(1)
  time.nowMs += 1
  expect(await scrape()).toEqual({ apps: 2, readAt: 1_005 })
})

test('what was read last stays, with its time, while nothing can be read', async () => {
  let read = () => Promise.resolve(7)
  const { scrape, time, log } = setUp(() => read())
  await scrape()
  time.nowMs += 60_000
  read = () => Promise.reject(new Error('the database is away'))
  expect(await scrape()).toEqual({ apps: 7, readAt: 1_000 })
  await scrape()
  expect(log).toHaveLength(1)
  expect(log[0]).toContain('the database is away')
})

test('a store that is slow holds up no scrape, is not asked twice, and its answer is for the next', async () => {
  const answer = Promise.withResolvers<number>()
  let asked = 0
  const { scrape } = setUp(() => {
    asked++
    return answer.promise
  }, 5)
  expect(await scrape()).toEqual({ apps: 0, readAt: 0 })
  expect(await scrape()).toEqual({ apps: 0, readAt: 0 })
  answer.resolve(3)
  expect(await scrape()).toEqual({ apps: 3, readAt: 1_000 })
  expect(asked).toBe(1)
})
