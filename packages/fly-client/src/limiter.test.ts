import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { Limiter } from './limiter.ts'
import { quickClock } from './testing/clock.ts'
import { json, text } from './testing/server.ts'
import { failureOf, machineBody, useBench } from './testing/use.ts'

// The same values each time: a test that fails fails for everybody.
fc.configureGlobal({ seed: 20_260_301 })

describe('the token buckets', () => {
  test('three at once, then one a second, per action and object', () => {
    const clock = quickClock()
    const limiter = new Limiter(clock)
    const waits = (id: string) => limiter.take('machines.start', id).waitMs
    expect([waits('m1'), waits('m1'), waits('m1')]).toEqual([0, 0, 0])
    const next = waits('m1')
    expect(next).toBeGreaterThanOrEqual(1000)
    expect(next).toBeLessThan(1100)
    expect(waits('m1')).toBeGreaterThanOrEqual(2000)
    expect(waits('m2')).toBe(0)
    expect(limiter.take('machines.stop', 'm1').waitMs).toBe(0)
  })

  test('Get Machine: ten at once, then five a second', () => {
    const limiter = new Limiter(quickClock())
    const waits = Array.from({ length: 12 }, () => limiter.take('machines.get', 'm').waitMs)
    expect(waits.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0))
    expect(waits[10]).toBeGreaterThanOrEqual(200)
    expect(waits[11]).toBeLessThan(440)
  })

  test('a hundred app deletions a minute, of all apps together', () => {
    const clock = quickClock()
    const limiter = new Limiter(clock)
    for (let n = 0; n < 100; n += 1) expect(limiter.take('apps.delete', `app-${n}`).waitMs).toBe(0)
    expect(limiter.take('apps.delete', 'one-more').waitMs).toBeGreaterThanOrEqual(600)
  })

  test('a token given back goes to the next', () => {
    const limiter = new Limiter(quickClock())
    for (let n = 0; n < 3; n += 1) limiter.take('apps.get', 'a')
    limiter.take('apps.get', 'a').giveBack()
    expect(limiter.take('apps.get', 'a').waitMs).toBeLessThan(1100)
  })

  test('blocked for as long as Fly said', () => {
    const clock = quickClock()
    const limiter = new Limiter(clock)
    limiter.block('apps.get', 'a', 5000)
    expect(limiter.take('apps.get', 'a').waitMs).toBe(5000)
    expect(limiter.take('apps.get', 'b').waitMs).toBe(0)
    clock.advance(5000)
    expect(limiter.take('apps.get', 'a').waitMs).toBe(0)
  })

  test('forgets what has not been used', () => {
    const clock = quickClock()
    const limiter = new Limiter(clock)
    for (let n = 0; n < 5000; n += 1) {
      limiter.take('machines.get', `m${n}`)
      clock.advance(100)
    }
    expect(limiter.size).toBeLessThan(1100)
  })

  test('whoever waits as told never exceeds what Fly documents', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { minLength: 5, maxLength: 60 }), (gaps) => {
        const clock = quickClock()
        const limiter = new Limiter(clock)
        const sentAt: number[] = []
        for (const gap of gaps) {
          clock.advance(gap)
          sentAt.push(clock.elapsedMs + limiter.take('machines.start', 'm').waitMs)
        }
        // Fly's own bucket: three, refilled by one a second.
        let tokens = 3
        let at = 0
        for (const time of sentAt) {
          tokens = Math.min(3, tokens + (time - at) / 1000) - 1
          at = time
          expect(tokens).toBeGreaterThan(-0.01)
        }
      }),
    )
  })
})

describe('calls keep to the limits', () => {
  const bench = useBench({ rateLimits: true })
  const START = 'POST /v1/apps/a/machines/m/start'

  test('by waiting, and telling so', async () => {
    const throttled: number[] = []
    const fly = bench.client({ hooks: { onThrottle: ({ waitMs }) => throttled.push(waitMs) } })
    bench.server.on(START, json(200, {}))
    for (let n = 0; n < 5; n += 1) await fly.machines.start('a', 'm')
    expect(throttled).toHaveLength(2)
    expect(bench.clock.elapsedMs).toBeGreaterThanOrEqual(2000)
    expect(bench.server.calls).toHaveLength(5)
  })

  test('by refusing what could not be sent before its deadline', async () => {
    bench.server.on(START, json(200, {}))
    for (let n = 0; n < 3; n += 1) await bench.fly.machines.start('a', 'm')
    const error = await failureOf(bench.fly.machines.start('a', 'm', { deadlineMs: 500 }))
    expect(error).toMatchObject({ code: 'rate_limited', ambiguous: false })
    expect(error.retryAfterMs).toBeGreaterThan(500)
    expect(bench.server.calls).toHaveLength(3)
  })

  test('and can be aborted while they wait, which gives the token back', async () => {
    bench.server.on(START, json(200, {}))
    for (let n = 0; n < 3; n += 1) await bench.fly.machines.start('a', 'm')
    const abort = new AbortController()
    const fly = bench.client({ hooks: { onThrottle: () => abort.abort() } })
    for (let n = 0; n < 3; n += 1) await fly.machines.start('a', 'm')
    expect((await failureOf(fly.machines.start('a', 'm', { signal: abort.signal }))).code).toBe('aborted')
  })

  test('one 429 holds back the next call to the same object for the time it named', async () => {
    bench.server.on(
      'GET /v1/apps/a/machines/m',
      text(429, '', { 'retry-after': '9' }),
      json(200, machineBody()),
    )
    await failureOf(bench.fly.machines.get('a', 'm', { attempts: 1 }))
    await bench.fly.machines.get('a', 'm')
    expect(bench.clock.elapsedMs).toBeGreaterThanOrEqual(9000)
  })
})
