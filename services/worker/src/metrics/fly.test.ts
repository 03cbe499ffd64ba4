/** The operations with series of their own are those that the worker's source calls. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATIONS } from '@hangar/fly-client'
import { createMetrics } from '@hangar/runtime'
import { expect, test } from '@jest/globals'
import { createFlyMetrics } from './fly.ts'

const SOURCE = join(import.meta.dirname, '..')
/** `fly.machines.restart(…)`, or `machines.restart(…)` taken out of it: the client names its methods as its operations. */
const CALL = /\b([a-z]+)\s*\.([a-zA-Z]+)\(/g

test('each call to Fly in the source has its series from the start, and no series is without a call', async () => {
  const called = new Set<string>()
  for (const path of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts') || path.includes('testing')) continue
    const calls = readFileSync(join(SOURCE, path), 'utf8').matchAll(CALL)
    for (const [, group, method] of calls) called.add(`${group}.${method}`)
  }
  const registry = createMetrics({ service: 'worker' })
  createFlyMetrics(registry)
  const retries = (await registry.metrics()).matchAll(/hangar_fly_retries_total\{operation="([^"]+)"/g)
  const shown = [...retries].map(([, operation]) => operation)
  const expected = Object.keys(OPERATIONS).filter((name) => called.has(name))
  expect(shown.filter((name) => name !== 'other').sort()).toEqual(expected.sort())
})
