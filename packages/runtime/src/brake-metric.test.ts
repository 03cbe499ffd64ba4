import { expect, test } from '@jest/globals'
import { Registry } from 'prom-client'
import { measureBrakes } from './brake-metric.ts'
import { createReadings } from './readings.ts'

test('every brake has a series, read when it is asked for, and kept while it cannot be read', async () => {
  const registry = new Registry()
  let read: () => Promise<readonly string[]> = () => Promise.reject(new Error('no database yet'))
  let nowMs = 0
  const clock = { now: () => new Date((nowMs += 60_000)), sleep: () => Promise.resolve() }
  measureBrakes(registry, createReadings(registry, { clock }), () => read())
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('hangar_brake'))
  expect(await lines()).toEqual([
    'hangar_brake_engaged{brake="fly_unreachable"} 0',
    'hangar_brake_engaged{brake="unhealthy_share"} 0',
    'hangar_brake_engaged{brake="deletion_burst"} 0',
    'hangar_brake_engaged{brake="restored"} 0',
    'hangar_brake_engaged{brake="operator"} 0',
  ])
  read = () => Promise.resolve(['operator'])
  expect(await lines()).toContain('hangar_brake_engaged{brake="operator"} 1')
  read = () => Promise.reject(new Error('the database is away'))
  expect(await lines()).toContain('hangar_brake_engaged{brake="operator"} 1')
  read = () => Promise.resolve([])
  expect(await lines()).toContain('hangar_brake_engaged{brake="operator"} 0')
})
