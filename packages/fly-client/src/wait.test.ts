import { describe, expect, test } from '@jest/globals'

import { hang, json, refuse, reset, type Reply } from './testing/server.ts'
import { failureOf, machineBody, useBench, type Bench } from './testing/use.ts'

const GET = 'GET /v1/apps/a/machines/m'
const WAIT = `${GET}/wait`
const late = refuse(
  408,
  'deadline_exceeded: machine failed to reach desired state, started, currently starting',
)
const machine = (changes: Record<string, unknown> = {}): Reply =>
  json(200, machineBody({ id: 'm', ...changes }))
const reached = (state: string): Reply => json(200, { ok: true, state, version: 'v1', event_id: 'e1' })

/** Takes the time that was asked for, as Fly does, on the test's clock. */
function slow(bench: Bench, reply: Reply): Reply {
  return (response, call) => {
    bench.clock.advance(Number(call.query.get('timeout')) * 1000)
    reply(response, call)
  }
}

describe('waiting for a machine', () => {
  const bench = useBench()
  const wait = (
    states: ('started' | 'stopped' | 'destroyed' | 'settled' | 'failed')[],
    timeoutMs = 300_000,
  ) => bench.fly.machines.wait('a', 'm', { states, timeoutMs })

  test('answers what was reached', async () => {
    bench.server.on(WAIT, reached('started'))
    expect(await wait(['started'])).toEqual({ state: 'started', version: 'v1', eventId: 'e1' })
    const [call] = bench.server.calls
    expect(call?.query.get('state')).toBe('started,failed')
    expect(call?.query.has('version')).toBe(false)
  })

  test('of any length, in slices of 1 to 60 whole seconds', async () => {
    bench.server.on(GET, machine({ state: 'starting' }))
    bench.server.on(WAIT, slow(bench, late))
    const error = await failureOf(wait(['started'], 610_500))
    expect(error).toMatchObject({
      code: 'wait_deadline',
      machineState: 'starting',
      retryable: true,
      ambiguous: false,
    })
    const slices = bench.server.to(WAIT).map(({ query }) => Number(query.get('timeout')))
    expect(slices.every((seconds) => Number.isInteger(seconds) && seconds >= 1 && seconds <= 60)).toBe(true)
    expect(slices.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThanOrEqual(610)
    expect(bench.clock.elapsedMs).toBeLessThan(613_000)
  })

  test('gives the slice longer on the wire than Fly takes for it', async () => {
    const fly = bench.client({ timeoutMs: 20 })
    bench.server.on(WAIT, (response, call) => {
      // Longer than the client's usual timeout, in real time.
      setTimeout(() => reached('started')(response, call), 60)
    })
    await fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 5000 })
    expect(bench.server.to(WAIT)).toHaveLength(1)
  })

  test.each(['failed', 'destroyed', 'launch_failed'])('fails fast on %s', async (state) => {
    bench.server.on(WAIT, reached(state))
    expect(await failureOf(wait(['started']))).toMatchObject({
      code: 'machine_failed',
      machineState: state,
      retryable: false,
    })
    expect(bench.server.to(WAIT)).toHaveLength(1)
  })

  test('looks once for the reason, and does without it where Fly is away', async () => {
    bench.server.on(WAIT, reached('failed'))
    bench.server.on(GET, machine({ state: 'failed', events: [{ type: 'start', status: 'failed' }] }), reset)
    expect((await failureOf(wait(['started']))).message).toContain('the machine is failed; start failed')
    expect((await failureOf(wait(['started']))).message).toContain('the machine is failed (machine_failed')
    expect(bench.server.to(GET)).toHaveLength(2)
  })

  test('but not on a state that was asked for', async () => {
    bench.server.on(WAIT, reached('failed'))
    expect((await wait(['failed'])).state).toBe('failed')
    expect((await wait(['settled'])).state).toBe('failed')
  })

  test('sees between slices that the machine crashed and stays down', async () => {
    bench.server.on(WAIT, slow(bench, late))
    const exit = { exit_code: 1, requested_stop: false, restarting: false }
    bench.server.on(
      GET,
      machine({ state: 'stopped', events: [{ type: 'exit', request: { exit_event: exit } }] }),
    )
    expect(await failureOf(wait(['started']))).toMatchObject({
      code: 'machine_failed',
      machineState: 'stopped',
    })
    expect(bench.server.to(WAIT)).toHaveLength(1)
  })

  test('sees between slices that it is there although the slice was lost', async () => {
    bench.server.on(WAIT, reset)
    bench.server.on(GET, machine({ state: 'started' }))
    expect((await wait(['started'])).state).toBe('started')
  })

  test.each([
    ['502', refuse(502, 'bad gateway')],
    ['a broken connection', reset],
    ['429', refuse(429, '')],
    ['401 from no one', json(200, '<html>')],
  ])('goes on after %s', async (_, failure) => {
    bench.server.on(WAIT, failure, failure, reached('started'))
    bench.server.on(GET, failure, failure, machine({ state: 'starting' }))
    expect((await wait(['started'])).state).toBe('started')
  })

  test('ends at once where nothing can come of it', async () => {
    bench.server.on(WAIT, refuse(401, 'no'))
    expect((await failureOf(wait(['started']))).code).toBe('unauthorized')
    bench.server.on(WAIT, refuse(400, 'invalid_argument: state'))
    expect((await failureOf(wait(['started']))).code).toBe('validation')
    expect(bench.server.calls).toHaveLength(2)
  })

  test('an outage that outlasts it ends as wait_deadline, with the outage as cause', async () => {
    bench.server.otherwise(refuse(503, 'down'))
    const error = await failureOf(wait(['started'], 20_000))
    expect(error).toMatchObject({ code: 'wait_deadline', cause: { code: 'unavailable' } })
    expect(bench.clock.elapsedMs).toBeLessThan(25_000)
  })

  test('can be aborted in a slice and between slices', async () => {
    const abort = new AbortController()
    bench.server.on(WAIT, (...given) => {
      abort.abort(new Error('enough'))
      hang(...given)
    })
    const opts = { signal: abort.signal }
    const error = await failureOf(
      bench.fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 1000 }, opts),
    )
    expect(error).toMatchObject({ code: 'aborted', cause: new Error('enough') })
  })

  test('follows a machine that was replaced meanwhile to its new version', async () => {
    bench.server.on(WAIT, refuse(400, 'machine is currently replaced'), reached('started'))
    bench.server.on(GET, machine({ state: 'starting', instance_id: 'v2' }))
    await bench.fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 60_000, version: 'v1' })
    expect(bench.server.to(WAIT).map(({ query }) => query.get('version'))).toEqual(['v1', 'v2'])
  })

  test('does not take an older version’s state for the one asked about', async () => {
    bench.server.on(WAIT, slow(bench, late), reached('started'))
    bench.server.on(GET, machine({ state: 'started', instance_id: 'v1' }))
    await bench.fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 60_000, version: 'v2' })
    expect(bench.server.to(WAIT)).toHaveLength(2)
  })

  test('for stopped asks with the version, as Fly demands, and not at all when it is', async () => {
    bench.server.on(GET, machine({ state: 'stopping', instance_id: 'v7' }))
    bench.server.on(WAIT, reached('stopped'))
    await wait(['stopped'])
    expect(bench.server.to(WAIT)[0]?.query.get('version')).toBe('v7')
    bench.server.on(GET, machine({ state: 'stopped' }))
    await wait(['stopped'])
    expect(bench.server.to(WAIT)).toHaveLength(1)
  })

  test('for destroyed takes 404 for it', async () => {
    bench.server.on(WAIT, refuse(404, 'machine not found'))
    expect((await wait(['destroyed'])).state).toBe('destroyed')
  })

  test('an answer at once that says "not yet" does not make a storm', async () => {
    bench.server.on(WAIT, late)
    bench.server.on(GET, machine({ state: 'starting' }))
    await failureOf(wait(['started'], 30_000))
    expect(bench.server.to(WAIT).length).toBeLessThan(70)
  })
})
