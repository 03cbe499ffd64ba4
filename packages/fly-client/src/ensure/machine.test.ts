import { describe, expect, test } from '@jest/globals'

import { json, refuse, reset } from '../testing/server.ts'
import { failureOf, machineBody, useBench } from '../testing/use.ts'

const CREATE = 'POST /v1/apps/a/machines'
const LIST = 'GET /v1/apps/a/machines'
const GET = 'GET /v1/apps/a/machines/m'
const nameTaken = refuse(
  409,
  'already_exists: unique machine name violation, machine ID m already exists with name "m-1"',
)
const ours = (changes: Record<string, unknown> = {}) => machineBody({ id: 'm', name: 'm-1', ...changes })
const config = { image: 'x', metadata: { owner: 'u1' } }
const wanted = { name: 'm-1', region: 'iad', config }

describe('ensureMachine', () => {
  const bench = useBench()
  const regionsAsked = () => bench.server.to(CREATE).map(({ body }) => (body as { region: string }).region)

  test('creates', async () => {
    bench.server.on(CREATE, json(200, ours()))
    expect(await bench.fly.ensureMachine('a', wanted)).toMatchObject({
      outcome: 'created',
      machine: { id: 'm' },
    })
    expect(bench.server.calls).toHaveLength(1)
  })

  test('adopts the machine that the 409 names', async () => {
    bench.server.on(CREATE, nameTaken)
    bench.server.on(GET, json(200, ours()))
    expect(await bench.fly.ensureMachine('a', wanted)).toMatchObject({
      outcome: 'adopted',
      machine: { id: 'm' },
    })
  })

  test('finds it by name where the 409 does not name it', async () => {
    bench.server.on(CREATE, refuse(409, 'unique machine name violation'))
    bench.server.on(
      LIST,
      json(200, [ours({ id: 'x', name: 'other' }), ours({ id: 'gone', state: 'destroyed' }), ours()]),
    )
    expect((await bench.fly.ensureMachine('a', wanted)).machine.id).toBe('m')
  })

  test.each([
    ['408', refuse(408, 'deadline_exceeded')],
    ['500', refuse(500, 'failed to get app')],
    ['504', refuse(504, '')],
    ['a broken connection', reset],
    ['an answer that is no machine', json(200, { id: 7 })],
  ])('after %s looks for the machine by name, and adopts it', async (_, failure) => {
    bench.server.on(CREATE, failure)
    bench.server.on(LIST, json(200, [ours()]))
    expect((await bench.fly.ensureMachine('a', wanted)).outcome).toBe('adopted')
    expect(bench.server.to(CREATE)).toHaveLength(1)
  })

  test('a list that lags makes no second machine: the name does not allow it', async () => {
    bench.server.on(CREATE, reset, nameTaken)
    bench.server.on(LIST, json(200, []))
    bench.server.on(GET, refuse(404, 'machine not found'), json(200, ours()))
    expect((await bench.fly.ensureMachine('a', wanted)).outcome).toBe('adopted')
  })

  test('a machine of that name which is on its way out is awaited, and the name used again', async () => {
    bench.server.on(CREATE, nameTaken, nameTaken, json(200, ours({ id: 'm2' })))
    bench.server.on(GET, json(200, ours({ state: 'destroying' })), json(200, ours({ state: 'destroyed' })))
    expect(await bench.fly.ensureMachine('a', wanted)).toMatchObject({
      outcome: 'created',
      machine: { id: 'm2' },
    })
  })

  test.each([
    ['other metadata', ours({ config: { metadata: { owner: 'u2' } } })],
    ['no metadata', ours({ config: {} })],
    ['another name', ours({ name: 'm-2' })],
  ])('never adopts a machine with %s', async (_, body) => {
    bench.server.on(CREATE, nameTaken)
    bench.server.on(GET, json(200, body))
    expect(await failureOf(bench.fly.ensureMachine('a', wanted))).toMatchObject({
      code: 'machine_name_taken',
      machineId: 'm',
    })
    expect(bench.server.to(CREATE)).toHaveLength(1)
  })

  test('never adopts what the caller refuses', async () => {
    bench.server.on(CREATE, nameTaken)
    bench.server.on(GET, json(200, ours()))
    const error = await failureOf(
      bench.fly.ensureMachine('a', { ...wanted, adopt: ({ region }) => region === 'ams' }),
    )
    expect(error.code).toBe('machine_name_taken')
  })

  test.each([
    ['capacity', refuse(422, 'could not find a candidate host', { status: 'insufficient_capacity' })],
    [
      'quota',
      refuse(403, 'organization "acme" is using 1970176 MB of memory in dfw which is over the allowed quota'),
    ],
  ])('without %s in one region goes on to the next', async (_, full) => {
    bench.server.on(CREATE, full, full, json(200, ours({ region: 'lhr' })))
    const { machine } = await bench.fly.ensureMachine('a', { ...wanted, fallbackRegions: ['ams', 'lhr'] })
    expect(machine.region).toBe('lhr')
    expect(regionsAsked()).toEqual(['iad', 'ams', 'lhr'])
  })

  test('a full host is tried again, since another one will be chosen, then the next region', async () => {
    const hostFull = refuse(409, 'aborted: insufficient resources available to fulfill request')
    bench.server.on(CREATE, hostFull, hostFull, hostFull, json(200, ours({ region: 'ams' })))
    await bench.fly.ensureMachine('a', { ...wanted, fallbackRegions: ['ams'] })
    expect(regionsAsked()).toEqual(['iad', 'iad', 'iad', 'ams'])
  })

  test.each([
    ['region_capacity', refuse(409, 'aborted: no capacity')],
    ['region_quota', refuse(403, 'over the allowed quota')],
    [
      'machine_limit',
      refuse(422, 'Your organization has reached its machine limit. Please contact billing@fly.io'),
    ],
    ['unauthorized', refuse(401, 'no')],
    ['validation', refuse(400, 'invalid config')],
    ['not_found', refuse(404, 'app not found')],
  ])('ends with %s where nothing else can be tried', async (code, reply) => {
    bench.server.on(CREATE, reply)
    expect((await failureOf(bench.fly.ensureMachine('a', wanted))).code).toBe(code)
    expect(bench.server.calls).toHaveLength(1)
  })
})

describe('ensureStarted', () => {
  const bench = useBench()
  const WAIT = `${GET}/wait`
  const START = 'POST /v1/apps/a/machines/m/start'
  const started = json(200, ours({ state: 'started' }))
  const stopped = json(200, ours({ state: 'stopped' }))

  test('leaves a started machine alone', async () => {
    bench.server.on(GET, started)
    expect((await bench.fly.ensureStarted('a', 'm')).state).toBe('started')
    expect(bench.server.calls).toHaveLength(1)
  })

  test.each([
    ['replaced', refuse(412, 'failed_precondition: machine getting replaced, refusing to start')],
    [
      'not startable yet',
      refuse(412, "failed_precondition: unable to start machine from current state: 'created'"),
    ],
    ['leased', refuse(409, 'aborted: lease currently held by x, expires at 2026-01-01T00:00:02Z')],
    ['away', refuse(503, '')],
    ['broken off', reset],
  ])('starts a stopped one, through an answer of %s', async (_, failure) => {
    bench.server.on(GET, stopped, stopped, started)
    bench.server.on(START, failure, json(200, { previous_state: 'stopped' }))
    bench.server.on(WAIT, json(200, { state: 'started' }))
    expect((await bench.fly.ensureStarted('a', 'm')).state).toBe('started')
    expect(bench.server.to(START)).toHaveLength(2)
  })

  test('waits for one that is starting, and starts nothing', async () => {
    bench.server.on(GET, json(200, ours({ state: 'created' })), started)
    bench.server.on(WAIT, json(200, { state: 'started' }))
    await bench.fly.ensureStarted('a', 'm')
    expect(bench.server.to(START)).toHaveLength(0)
  })

  test.each(['failed', 'launch_failed', 'destroyed', 'destroying'])(
    'gives up on %s at once',
    async (state) => {
      bench.server.on(GET, json(200, ours({ state })))
      expect(await failureOf(bench.fly.ensureStarted('a', 'm'))).toMatchObject({
        code: 'machine_failed',
        machineState: state,
      })
    },
  )

  test('a host without room is for the caller to decide', async () => {
    bench.server.on(GET, stopped)
    bench.server.on(
      START,
      refuse(409, 'aborted: could not reserve resource for machine: insufficient memory'),
    )
    expect((await failureOf(bench.fly.ensureStarted('a', 'm'))).code).toBe('host_capacity')
  })
})

describe('ensureStopped', () => {
  const bench = useBench()
  const STOP = 'POST /v1/apps/a/machines/m/stop'
  const WAIT = `${GET}/wait`
  const in_ = (state: string) => json(200, ours({ state, instance_id: 'v' }))

  test('asks once and waits, however long the end takes', async () => {
    bench.server.on(GET, in_('started'), in_('stopping'), in_('stopping'), in_('stopped'))
    bench.server.on(STOP, json(200, { ok: true }))
    bench.server.on(WAIT, refuse(408, 'deadline_exceeded: …'), json(200, { state: 'stopped' }))
    expect(await bench.fly.ensureStopped('a', 'm', { signal: 'SIGTERM', timeout: '30s' })).toBe('stopped')
    expect(bench.server.to(STOP).map(({ body }) => body)).toEqual([{ signal: 'SIGTERM', timeout: '30s' }])
  })

  test('a machine that destroys itself on exit is gone', async () => {
    bench.server.on(GET, in_('started'), in_('stopping'), refuse(404, 'machine not found'))
    bench.server.on(STOP, json(200, { ok: true }))
    bench.server.on(WAIT, refuse(404, 'machine not found'))
    expect(await bench.fly.ensureStopped('a', 'm')).toBe('gone')
  })

  test('through a lost answer and an outage', async () => {
    bench.server.on(GET, in_('started'), refuse(502, ''), in_('started'), in_('stopped'))
    bench.server.on(STOP, reset, json(200, { ok: true }))
    bench.server.on(WAIT, json(200, { state: 'stopped' }))
    expect(await bench.fly.ensureStopped('a', 'm')).toBe('stopped')
  })
})
