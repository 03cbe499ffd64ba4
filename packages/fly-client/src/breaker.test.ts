import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { CircuitBreaker, type Verdict } from './breaker.ts'
import { quickClock } from './testing/clock.ts'
import { hang, json, refuse } from './testing/server.ts'
import { failureOf, useBench } from './testing/use.ts'

// The same values each time: a test that fails fails for everybody.
fc.configureGlobal({ seed: 20_260_301 })

const GET = 'GET /v1/apps/a'
const ok = json(200, { name: 'a' })

describe('the circuit breaker', () => {
  const run = (breaker: CircuitBreaker, verdict: Verdict): boolean => {
    const entry = breaker.enter()
    if (entry.allowed) entry.settle(verdict)
    return entry.allowed
  }

  test('opens after failures in a row, not after as many with an answer between', () => {
    const breaker = new CircuitBreaker(quickClock(), { failures: 3 })
    for (const verdict of ['failed', 'failed', 'served', 'failed', 'failed'] as const) run(breaker, verdict)
    expect(breaker.state).toBe('closed')
    run(breaker, 'failed')
    expect(breaker.state).toBe('open')
  })

  test('lets one probe through after the pause, and doubles the pause while probes fail', () => {
    const clock = quickClock()
    const breaker = new CircuitBreaker(clock, { failures: 1, pauseMs: 1000, maxPauseMs: 4000 })
    run(breaker, 'failed')
    for (const pauseMs of [1000, 2000, 4000, 4000]) {
      clock.advance(pauseMs - 1)
      expect(breaker.enter().allowed).toBe(false)
      clock.advance(1)
      const probe = breaker.enter()
      expect(probe.allowed).toBe(true)
      expect(breaker.enter().allowed).toBe(false)
      if (probe.allowed) probe.settle('failed')
    }
    clock.advance(4000)
    run(breaker, 'served')
    expect(breaker.state).toBe('closed')
  })

  test('a caller that asks even if it is open closes it with an answer, and makes it no worse without', () => {
    const breaker = new CircuitBreaker(quickClock(), { failures: 1 })
    run(breaker, 'failed')
    for (const verdict of ['failed', 'served'] as const) {
      expect(breaker.state).toBe('open')
      const entry = breaker.enter({ evenIfOpen: true })
      expect(entry.allowed).toBe(true)
      if (entry.allowed) entry.settle(verdict)
    }
    expect(breaker.state).toBe('closed')
  })

  test('a probe that was aborted hands on to the next', () => {
    const clock = quickClock()
    const breaker = new CircuitBreaker(clock, { failures: 1 })
    run(breaker, 'failed')
    clock.advance(1000)
    run(breaker, 'neither')
    expect(run(breaker, 'served')).toBe(true)
    expect(breaker.state).toBe('closed')
  })

  test('an older call that is answered closes it', () => {
    const breaker = new CircuitBreaker(quickClock(), { failures: 1 })
    const older = breaker.enter()
    run(breaker, 'failed')
    expect(breaker.state).toBe('open')
    if (older.allowed) older.settle('served')
    expect(breaker.state).toBe('closed')
  })

  test('never has two probes under way, and always closes once Fly serves again', () => {
    const acts = fc.array(
      fc.tuple(fc.constantFrom<Verdict>('failed', 'served', 'neither'), fc.nat(3000), fc.boolean()),
    )
    fc.assert(
      fc.property(acts, (given) => {
        const clock = quickClock()
        const breaker = new CircuitBreaker(clock, { failures: 2 })
        const underway: ((verdict: Verdict) => void)[] = []
        for (const [verdict, ms, settleNow] of given) {
          clock.advance(ms)
          const before = breaker.state
          const entry = breaker.enter()
          if (before === 'half_open') expect(entry.allowed).toBe(false)
          if (entry.allowed) underway.push(entry.settle)
          if (settleNow) underway.shift()?.(verdict)
        }
        for (const settle of underway) settle('neither')
        clock.advance(60_000)
        run(breaker, 'served')
        expect(breaker.state).toBe('closed')
      }),
    )
  })
})

describe('an outage of Fly', () => {
  const bench = useBench()

  test('costs one probe at a time, and ends with the first answer', async () => {
    const states: string[] = []
    const fly = bench.client({ hooks: { onBreaker: (state) => states.push(state) }, retry: { attempts: 1 } })
    bench.server.on(GET, refuse(503, 'down'))
    for (let n = 0; n < 10; n += 1) await failureOf(fly.apps.get('a'))
    expect(bench.server.calls).toHaveLength(10)
    // A storm of two hundred, ten seconds long.
    for (let second = 0; second < 10; second += 1) {
      const errors = await Promise.all(Array.from({ length: 20 }, () => failureOf(fly.apps.get('a'))))
      expect(errors.every((error) => error.code === 'unavailable')).toBe(true)
      bench.clock.advance(1000)
    }
    expect(bench.server.calls.length).toBeLessThanOrEqual(14)
    bench.server.on(GET, ok)
    bench.clock.advance(30_000)
    await fly.apps.get('a')
    expect(states.at(-1)).toBe('closed')
  })

  test('what the open circuit refuses was not sent, and says when to ask again', async () => {
    const fly = bench.client({ breaker: { failures: 1, pauseMs: 5000 }, retry: { attempts: 1 } })
    bench.server.on(GET, refuse(503, 'down'))
    await failureOf(fly.apps.get('a'))
    const error = await failureOf(fly.apps.create({ name: 'a' }))
    expect(error).toMatchObject({ code: 'unavailable', ambiguous: false, retryAfterMs: 5000 })
    expect(bench.server.to('POST /v1/apps')).toHaveLength(0)
  })

  test('timeouts and broken connections count, refusals of Fly do not', async () => {
    const fly = bench.client({ breaker: { failures: 2 }, retry: { attempts: 1 } })
    bench.server.on(GET, refuse(429, ''), refuse(404, ''), refuse(422, ''), hang)
    for (let n = 0; n < 3; n += 1) await failureOf(fly.apps.get('a'))
    for (let n = 0; n < 2; n += 1)
      expect((await failureOf(fly.apps.get('a', { timeoutMs: 20 }))).code).toBe('timeout')
    expect((await failureOf(fly.apps.get('a'))).message).toContain('not sent')
  })

  test('is shared by clients that are given the same breaker', async () => {
    const shared = new CircuitBreaker(bench.clock, { failures: 1 })
    const [one, two] = [bench.client({ breaker: shared }), bench.client({ breaker: shared })]
    bench.server.on(GET, refuse(503, 'down'))
    await failureOf(one.apps.get('a', { attempts: 1 }))
    expect((await failureOf(two.apps.get('a'))).message).toContain('not sent')
  })

  test('a long wait is no probe: it would keep everybody else out', async () => {
    const fly = bench.client({ breaker: { failures: 1, pauseMs: 1000 } })
    bench.server.on(GET, refuse(503, 'down'), ok)
    bench.server.on('GET /v1/apps/a/machines/m', json(200, { id: 'm', state: 'starting' }))
    bench.server.on('GET /v1/apps/a/machines/m/wait', json(200, { state: 'started' }))
    await failureOf(fly.apps.get('a', { attempts: 1 }))
    await fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 60_000 })
    expect(bench.server.calls.map(({ route }) => route)).toEqual([
      GET,
      'GET /v1/apps/a/machines/m',
      'GET /v1/apps/a/machines/m/wait',
    ])
  })
})
