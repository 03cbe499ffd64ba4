import { describe, expect, test } from '@jest/globals'
import { realClock, virtualClock } from './clock.ts'
import { startFlySim } from './start.ts'
import { SimUnderTest, useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

describe('the virtual clock', () => {
  test('runs timers in order of their time, and those of one moment in the order they were set', async () => {
    const clock = virtualClock(0)
    const seen: string[] = []
    for (const [name, delayMs] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['d', 1_000],
    ] as const)
      clock.after(delayMs, () => seen.push(`${name}@${clock.nowMs()}`))
    expect(clock.nextTimerInMs()).toBe(10)
    expect(await clock.advance(500)).toBe(3)
    expect(seen).toEqual(['a@10', 'b@10', 'c@30'])
    expect([clock.nowMs(), clock.pendingTimers()]).toEqual([500, 1])
  })

  test('a timer set by a timer runs in the same advance; a cancelled one never', async () => {
    const clock = virtualClock(0)
    const seen: number[] = []
    const again = () => {
      seen.push(clock.nowMs())
      if (seen.length < 3) clock.after(10, again)
    }
    clock.after(10, again)
    clock.after(5, () => seen.push(-1)).cancel()
    await clock.advance(100)
    expect(seen).toEqual([10, 20, 30])
  })

  test('a jump moves the wall clock and not the timers', async () => {
    const clock = virtualClock(0)
    let ran = false
    clock.after(100, () => (ran = true))
    clock.jump(3_600_000)
    expect([clock.nowMs(), ran]).toEqual([3_600_000, false])
    await clock.advance(100)
    expect(ran).toBe(true)
  })

  test('ten thousand timers stay in order', async () => {
    const clock = virtualClock(0)
    const seen: number[] = []
    for (let i = 0; i < 10_000; i++) clock.after((i * 7_919) % 10_007, () => seen.push(clock.nowMs()))
    await clock.advance(20_000)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen).toHaveLength(10_000)
  })
})

test('the real clock cannot be advanced, but can jump', async () => {
  const clock = realClock()
  const before = clock.nowMs()
  clock.jump(60_000)
  expect(clock.nowMs()).toBeGreaterThanOrEqual(before + 60_000)
  await expect(clock.advance(1)).rejects.toThrow('virtual clock')
})

const sim = useSim({ clock: 'virtual', delays: 'realistic' })

test('hours of simulated time pass in a moment, and everything goes by them', async () => {
  // A call that waits for time to pass would wait for ever: here nobody else moves it.
  await sim.admin('POST', 'delays', { requestMs: 0 })
  await sim.app('slow')
  await sim.admin('POST', 'clock', { advanceMs: 1_000 })
  const { id } = await sim.machine('slow', { checks: { c: { type: 'tcp', port: 80 } } })
  const startedAtMs = sim.running.sim.clock.nowMs()
  await sim.admin('POST', 'clock', { advanceMs: 6 * 3_600_000 })
  const machine = await sim.get('slow', id)
  expect(machine.state).toBe('started')
  expect(machine.checks).toMatchObject([{ status: 'passing' }])
  expect(sim.running.sim.clock.nowMs() - startedAtMs).toBe(6 * 3_600_000)
  await sim.must('DELETE', '/v1/apps/slow?force=true')
  await sim.admin('POST', 'clock', { advanceMs: 60_000 })
  const gone = sim.call('GET', '/v1/apps/slow')
  await until('the call to arrive', async () => {
    const { calls } = await sim.admin<{ calls: { outcome: string }[] }>('GET', 'calls?operation=apps.get')
    return calls.some(({ outcome }) => outcome === 'open')
  })
  await sim.admin('POST', 'clock', { advanceMs: 3_000 })
  expect((await gone).status).toBe(404)
})

test('a dump loaded elsewhere is the same world, and what was under way goes on', async () => {
  await sim.admin('POST', 'delays', { preset: 'none' })
  await sim.app('kept')
  await sim.must('POST', '/v1/apps/kept/secrets', { values: { KEY: 'value' } })
  await sim.must('POST', '/v1/apps/kept/volumes', { name: 'data', size_gb: 1 })
  const settled = await sim.machine('kept', {}, { name: 'settled' })
  await sim.admin('POST', 'clock', { advanceMs: 10 })
  await sim.admin('POST', 'delays', { createMs: 60_000 })
  const pending = await sim.machine('kept', {}, { name: 'pending', lease_ttl: 600 })
  const dump = await sim.admin('GET', 'dump')
  const other = new SimUnderTest(await startFlySim({ clock: 'virtual', rateLimits: false }))
  try {
    await other.admin('POST', 'load', dump)
    expect(await other.get('kept', settled.id)).toMatchObject({
      name: 'settled',
      state: 'started',
      instance_id: settled.instance_id,
    })
    expect(await other.must('GET', '/v1/apps/kept/secrets')).toEqual(
      await sim.must('GET', '/v1/apps/kept/secrets'),
    )
    expect(await other.must('GET', '/v1/apps/kept')).toEqual(await sim.must('GET', '/v1/apps/kept'))
    expect((await other.get('kept', pending.id)).state).toBe('created')
    expect((await other.call('POST', `/v1/apps/kept/machines/${pending.id}/cordon`)).status).toBe(409)
    await other.admin('POST', 'clock', { advanceMs: 61_000 })
    expect((await other.get('kept', pending.id)).state).toBe('started')
    expect(other.running.sim.clock.nowMs()).toBe(sim.running.sim.clock.nowMs() + 61_000)
  } finally {
    await other.running.stop()
  }
})
