import { expect, test } from '@jest/globals'
import { useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

const sim = useSim({
  clock: 'virtual',
  delays: { createMs: 1_000, startMs: 1_000, destroyMs: 1_000, destroyedKeptMs: 60_000 },
})
let next = 0
const freshApp = () => sim.app(`w-${next++}`)
const waitPath = (app: string, id: string, query: string) => `/v1/apps/${app}/machines/${id}/wait?${query}`

async function waits(): Promise<string[]> {
  const { calls } = await sim.admin<{ calls: { outcome: string }[] }>('GET', 'calls?operation=machines.wait')
  return calls.map(({ outcome }) => outcome)
}

/** Begins a call, lets it arrive, then moves time. */
async function during<T>(call: Promise<T>, advanceMs: number): Promise<T> {
  await until('the call to arrive', async () => (await waits()).includes('open'))
  await sim.admin('POST', 'clock', { advanceMs })
  return call
}

test('answers ok, state, version and event, not a machine', async () => {
  const app = await freshApp()
  const { id, instance_id } = await sim.machine(app)
  const reply = await during(sim.must('GET', waitPath(app, id, 'state=started&timeout=60')), 10_000)
  expect(reply).toEqual({
    ok: true,
    state: 'started',
    version: instance_id,
    event_id: expect.stringMatching(/^[0-9A-Z]{26}$/u),
  })
})

test('is 408 when the state is not reached in time, naming both states', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app, {}, { skip_launch: true })
  const reply = await during(sim.call('GET', waitPath(app, id, 'state=started&timeout=5')), 5_000)
  expect(reply).toMatchObject({
    status: 408,
    json: { error: 'deadline_exceeded: machine failed to reach desired state, started, currently created' },
  })
})

test('waits 60 seconds when no timeout is given, for started when no state is', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app, {}, { skip_launch: true })
  let over = false
  const call = sim.call('GET', waitPath(app, id, '')).finally(() => (over = true))
  await during(Promise.resolve(), 59_999)
  expect(over).toBe(false)
  await sim.admin('POST', 'clock', { advanceMs: 1 })
  expect((await call).status).toBe(408)
})

test.each(['0', '61', '300', 'soon'])('the timeout %s is 400', async (timeout) => {
  const app = await freshApp()
  const { id } = await sim.machine(app)
  const reply = await sim.call('GET', waitPath(app, id, `timeout=${timeout}`))
  expect(reply.status).toBe(400)
  expect(reply.text).toContain('invalid_argument')
})

test('an unknown state is 400', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app)
  expect((await sim.call('GET', waitPath(app, id, 'state=running'))).status).toBe(400)
})

test('any of several states will do, comma-separated or repeated', async () => {
  const app = await freshApp()
  await sim.fault({ kind: 'start_failed', match: { app } })
  const { id } = await sim.machine(app)
  const reply = await during(sim.must('GET', waitPath(app, id, 'state=started,stopped&state=failed')), 5_000)
  expect(reply).toMatchObject({ ok: true, state: 'failed' })
  expect(await sim.must('GET', waitPath(app, id, 'state=settled'))).toMatchObject({ state: 'failed' })
  await sim.admin('DELETE', 'faults')
})

test('an older version is replaced for ever', async () => {
  const app = await freshApp()
  const { id, instance_id } = await sim.machine(app)
  await sim.admin('POST', 'clock', { advanceMs: 5_000 })
  await sim.must('POST', `/v1/apps/${app}/machines/${id}`, { config: { image: 'x' } })
  const reply = await during(
    sim.call('GET', waitPath(app, id, `state=started&version=${instance_id}&timeout=30`)),
    30_000,
  )
  expect(reply.status).toBe(408)
  expect(reply.text).toContain('currently replaced')
  expect(await sim.must('GET', waitPath(app, id, 'state=started'))).toMatchObject({ ok: true })
})

test('a destroyed machine satisfies destroyed and is 404 for any other state', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app)
  await sim.admin('POST', 'clock', { advanceMs: 5_000 })
  await sim.must('DELETE', `/v1/apps/${app}/machines/${id}?force=true`)
  const waiting = sim.call('GET', waitPath(app, id, 'state=stopped'))
  const reply = await during(sim.must('GET', waitPath(app, id, 'state=destroyed')), 5_000)
  expect(reply).toMatchObject({ ok: true, state: 'destroyed' })
  expect((await waiting).status).toBe(404)
  await sim.admin('POST', 'clock', { advanceMs: 61_000 })
  expect((await sim.call('GET', waitPath(app, id, 'state=destroyed'))).status).toBe(404)
})

test('from_event_id counts a state that has already passed', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app)
  const [launch] = (await sim.get(app, id)).events as unknown as { id: string }[]
  await sim.admin('POST', 'clock', { advanceMs: 5_000 })
  await sim.must('POST', `/v1/apps/${app}/machines/${id}/stop`, {})
  await sim.admin('POST', 'clock', { advanceMs: 5_000 })
  expect(await sim.must('GET', waitPath(app, id, `state=started&from_event_id=${launch?.id}`))).toMatchObject(
    { ok: true, state: 'started' },
  )
})

test('a caller that goes away leaves nothing behind', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app, {}, { skip_launch: true })
  const abort = new AbortController()
  const url = sim.running.url + waitPath(app, id, 'timeout=60')
  const call = fetch(url, { headers: { authorization: `Bearer ${sim.running.token}` }, signal: abort.signal })
  const timersBefore = sim.running.sim.clock.pendingTimers()
  await until('the wait to begin', async () => (await waits()).includes('open'))
  abort.abort()
  await expect(call).rejects.toThrow()
  await until('its end', async () => (await waits()).at(-1) === 'caller_gone')
  expect(sim.running.sim.clock.pendingTimers()).toBe(timersBefore)
})

test('a wait that is over, its caller gone since, takes nothing from who watches the machine after it', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app)
  await sim.admin('POST', 'faults', { kind: 'delay_after', match: { app }, params: { ms: 500 } })
  const waiting = sim.must('GET', waitPath(app, id, 'state=started'))
  await during(Promise.resolve(), 2_000)
  await sim.admin('DELETE', 'faults')
  await sim.must('DELETE', `/v1/apps/${app}?force=true`)
  await sim.admin('POST', 'clock', { advanceMs: 500 })
  await waiting
  await sim.admin('POST', 'clock', { advanceMs: 2_000 })
  expect((await sim.call('GET', `/v1/apps/${app}`)).status).toBe(404)
})
