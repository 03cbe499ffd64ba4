/**
 * What the Machines API is known to do to its clients: a test for each trap, named after it. TRAPS is the list of
 * them; a trap that has no test fails the last one.
 */
import { describe, expect, test } from '@jest/globals'

import { checksPass, isCrashLooping, isFlyError, isGone, isUnreachable, lastExit } from './index.ts'
import { json, refuse, reset, text, type Reply } from './testing/server.ts'
import { failureOf, machineBody, useBench } from './testing/use.ts'

const APP = '/v1/apps/a'
const M = `${APP}/machines/m`
const machine = (changes: Record<string, unknown> = {}): Reply =>
  json(200, machineBody({ id: 'm', name: 'm-1', ...changes }))
const notFound = refuse(404, 'not_found: machine not found')
const wanted = { name: 'm-1', region: 'iad', config: { image: 'x', metadata: { owner: 'u1' } } }

const TRAPS = [
  'app name taken by an org you cannot see',
  'app just created answers 404 or 401',
  're-created app name shows wrong machines',
  'apps database and Machines backend drift',
  'machine create 408/5xx but machine exists',
  'duplicate name 409',
  'fresh machine 404 on wait or get',
  'wait 408; currently replaced',
  'wait for `stopped` on auto_destroy gives 404',
  'exits early: waiting for health until timeout',
  'lease held 409; own lease blocks own update',
  '`lease not found` on release',
  '`could not reserve resource for machine` (409), `no capacity`, 422 `insufficient_capacity`, 412 volume',
  '`deploys to this host are temporarily disabled`',
  '403 that is a quota, not auth',
  'machine limit 422',
  'start refused while replacing (412), from `created`',
  'a transient 502 during polling kills the whole job',
  'machine `destroyed` in a 200, or 404',
  'host unreachable: `host_status`, partial config',
  'volumes left behind after teardown',
  'teardown that swallows errors and reports success',
  '429 bursts',
  'stale shared token cache, 401',
  'update wipes config',
  'exec returns 200 on failure',
  'secrets not yet visible',
  '8 GB uncompressed image limit',
] as const

const tested = new Set<string>()

function trap(name: (typeof TRAPS)[number], run: () => Promise<void>): void {
  tested.add(name)
  test(name, run)
}

describe('trap', () => {
  const bench = useBench()

  trap('app name taken by an org you cannot see', async () => {
    bench.server.on(
      'POST /v1/apps',
      refuse(422, 'Validation failed: Name has already been taken', { status: 'name_taken' }),
    )
    bench.server.on(`GET ${APP}`, refuse(403, 'forbidden'))
    expect((await failureOf(bench.fly.ensureApp({ name: 'a' }))).code).toBe('name_taken')
    expect(bench.server.calls).toHaveLength(2)
  })

  trap('app just created answers 404 or 401', async () => {
    bench.server.on('POST /v1/apps', json(201, {}))
    bench.server.on(
      `GET ${APP}/machines`,
      refuse(401, 'Unauthorized'),
      refuse(404, 'app not found'),
      json(200, []),
    )
    await bench.fly.apps.create({ name: 'a' })
    expect(await bench.fly.machines.list('a')).toEqual([])
  })

  trap('re-created app name shows wrong machines', async () => {
    const second = { ...wanted, config: { image: 'x', metadata: { owner: 'u1', generation: '2' } } }
    const listed = (generation: string) =>
      json(200, [machineBody({ id: 'm', name: 'm-1', config: { metadata: { owner: 'u1', generation } } })])
    bench.server.on(`POST ${APP}/machines`, reset)
    bench.server.on(`GET ${APP}/machines`, listed('1'))
    // The first generation's machine, shown under the name of the second: not taken for ours, and not touched.
    expect(await failureOf(bench.fly.ensureMachine('a', second))).toMatchObject({
      code: 'machine_name_taken',
      machineId: 'm',
    })
    expect(bench.server.calls.filter(({ route }) => !route.endsWith('/machines'))).toEqual([])
    bench.server.on(`GET ${APP}/machines`, listed('2'))
    expect((await bench.fly.ensureMachine('a', second)).outcome).toBe('adopted')
  })

  trap('apps database and Machines backend drift', async () => {
    bench.server.on(`DELETE ${APP}`, refuse(404, 'could not find app'), text(202, ''))
    bench.server.on(
      `GET ${APP}`,
      ...Array.from({ length: 12 }, () => json(200, { name: 'a' })),
      refuse(404, 'not found'),
    )
    await bench.fly.ensureAppGone('a')
    expect(bench.server.to(`DELETE ${APP}`)).toHaveLength(2)
  })

  trap('machine create 408/5xx but machine exists', async () => {
    for (const status of [408, 500, 502, 503, 504]) {
      bench.server.on(`POST ${APP}/machines`, refuse(status, ''))
      bench.server.on(`GET ${APP}/machines`, json(200, [machineBody({ id: 'm', name: 'm-1' })]))
      expect((await bench.fly.ensureMachine('a', wanted)).outcome).toBe('adopted')
    }
    expect(bench.server.to(`POST ${APP}/machines`)).toHaveLength(5)
  })

  trap('duplicate name 409', async () => {
    const reply = refuse(
      409,
      'already_exists: unique machine name violation, machine ID m already exists with name "m-1"',
    )
    bench.server.on(`POST ${APP}/machines`, reply)
    bench.server.on(`GET ${M}`, machine())
    expect((await bench.fly.ensureMachine('a', wanted)).machine.id).toBe('m')
  })

  trap('fresh machine 404 on wait or get', async () => {
    bench.server.on(`POST ${APP}/machines`, machine({ state: 'created' }))
    bench.server.on(`GET ${M}`, notFound, notFound, machine({ state: 'created' }))
    bench.server.on(`GET ${M}/wait`, notFound, notFound, json(200, { state: 'started' }))
    await bench.fly.machines.create('a', wanted)
    expect((await bench.fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 60_000 })).state).toBe(
      'started',
    )
    expect(bench.server.to(`GET ${M}/wait`).length).toBeGreaterThan(1)
  })

  trap('wait 408; currently replaced', async () => {
    bench.server.on(`GET ${M}`, machine({ state: 'replacing', instance_id: 'v2' }))
    bench.server.on(
      `GET ${M}/wait`,
      refuse(408, 'machine failed to reach desired state, started, currently starting'),
      refuse(408, 'deadline_exceeded: machine failed to reach desired state, started, currently replaced'),
      json(200, { state: 'started', version: 'v2' }),
    )
    const reached = await bench.fly.machines.wait('a', 'm', {
      states: ['started'],
      timeoutMs: 300_000,
      version: 'v1',
    })
    expect(reached.version).toBe('v2')
    expect(bench.server.to(`GET ${M}/wait`).at(-1)?.query.get('version')).toBe('v2')
  })

  trap('wait for `stopped` on auto_destroy gives 404', async () => {
    bench.server.on(`GET ${M}`, machine({ state: 'stopping' }), notFound)
    bench.server.on(`GET ${M}/wait`, notFound)
    const wait = { states: ['stopped' as const, 'destroyed' as const], timeoutMs: 60_000 }
    expect((await bench.fly.machines.wait('a', 'm', wait)).state).toBe('destroyed')
  })

  trap('exits early: waiting for health until timeout', async () => {
    const exit = { guest_exit_code: 137, oom_killed: true, requested_stop: false, restarting: true }
    const events = [
      { id: 'e', type: 'exit', request: { restart_count: 3, exit_event: exit } },
      { type: 'launch', request: null },
    ]
    const body = { state: 'started', events, checks: [], config: { checks: { http: { type: 'http' } } } }
    bench.server.on(
      `GET ${M}`,
      machine(body),
      machine({
        ...body,
        state: 'stopped',
        events: [{ type: 'exit', request: { MonitorEvent: { exit_event: { ...exit, restarting: false } } } }],
      }),
    )
    const looping = await bench.fly.machines.get('a', 'm')
    expect(lastExit(looping)).toMatchObject({ exitCode: 137, oomKilled: true, restartCount: 3 })
    expect(isCrashLooping(looping)).toBe(true)
    // Checks are configured, and Fly shows none just after launch: that is not "passing".
    expect(checksPass(looping)).toBe(false)
    bench.server.on(`GET ${M}/wait`, refuse(408, 'deadline_exceeded'))
    const error = await failureOf(
      bench.fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 600_000 }),
    )
    expect(error.code).toBe('machine_failed')
    expect(bench.server.to(`GET ${M}/wait`)).toHaveLength(1)
  })

  trap('lease held 409; own lease blocks own update', async () => {
    bench.server.on(
      `POST ${M}/lease`,
      json(201, { status: 'success', data: { nonce: 'n1', expires_at: 1_900_000_000 } }),
    )
    bench.server.on(`DELETE ${M}/lease`, json(200, { status: 'success' }))
    bench.server.on(`POST ${M}`, (response, call) => {
      const own = call.headers['fly-machine-lease-nonce'] === 'n1'
      const reply = own
        ? machine()
        : refuse(
            409,
            'aborted: machine ID m lease currently held by us@tokens.fly.io, expires at 2026-08-14T09:57:35Z',
          )
      reply(response, call)
    })
    expect((await failureOf(bench.fly.machines.update('a', 'm', { config: {} }))).code).toBe('lease_held')
    const updated = await bench.fly.withLease('a', 'm', { ttlSeconds: 3600 }, ({ opts }) =>
      bench.fly.machines.update('a', 'm', { config: {} }, opts),
    )
    expect(updated.id).toBe('m')
  })

  trap('`lease not found` on release', async () => {
    bench.server.on(`DELETE ${M}/lease`, refuse(400, 'lease not found'))
    await bench.fly.leases.release('a', 'm', 'n1')
  })

  trap(
    '`could not reserve resource for machine` (409), `no capacity`, 422 `insufficient_capacity`, 412 volume',
    async () => {
      const seen = async (reply: Reply) => {
        bench.server.on(`POST ${M}/start`, reply)
        return (await failureOf(bench.fly.machines.start('a', 'm'))).code
      }
      expect(
        await seen(refuse(409, 'aborted: could not reserve resource for machine: insufficient memory')),
      ).toBe('host_capacity')
      expect(await seen(refuse(412, 'insufficient resources', { status: 'volume_placement_capacity' }))).toBe(
        'host_capacity',
      )
      expect(await seen(refuse(409, 'aborted: no capacity'))).toBe('region_capacity')
      expect(
        await seen(refuse(422, 'could not find a candidate host', { status: 'insufficient_capacity' })),
      ).toBe('region_capacity')
    },
  )

  trap('`deploys to this host are temporarily disabled`', async () => {
    bench.server.on(`POST ${M}`, refuse(412, 'deploys to this host are temporarily disabled'))
    expect((await failureOf(bench.fly.machines.update('a', 'm', { config: {} }))).code).toBe('host_capacity')
  })

  trap('403 that is a quota, not auth', async () => {
    const quota =
      'organization "acme" is using 1970176 MB of memory in dfw which is over the allowed quota. please consider other regions'
    bench.server.on(`POST ${APP}/machines`, refuse(403, quota), machine({ region: 'ord' }))
    const { machine: made } = await bench.fly.ensureMachine('a', {
      ...wanted,
      region: 'dfw',
      fallbackRegions: ['ord'],
    })
    expect(made.region).toBe('ord')
  })

  trap('machine limit 422', async () => {
    bench.server.on(
      `POST ${APP}/machines`,
      refuse(422, 'Your organization has reached its machine limit. Please contact billing@fly.io'),
    )
    const error = await failureOf(bench.fly.ensureMachine('a', { ...wanted, fallbackRegions: ['ord'] }))
    expect(error).toMatchObject({ code: 'machine_limit', retryable: false })
    expect(bench.server.calls).toHaveLength(1)
  })

  trap('start refused while replacing (412), from `created`', async () => {
    const inTurn = [
      machine({ state: 'stopped' }),
      machine({ state: 'stopped' }),
      machine({ state: 'stopped' }),
      machine(),
    ]
    bench.server.on(`GET ${M}`, ...inTurn)
    bench.server.on(
      `POST ${M}/start`,
      refuse(412, 'failed_precondition: machine getting replaced, refusing to start'),
      refuse(412, "failed_precondition: unable to start machine from current state: 'created'"),
      json(200, { previous_state: 'stopped' }),
    )
    bench.server.on(`GET ${M}/wait`, json(200, { state: 'started' }))
    expect((await bench.fly.ensureStarted('a', 'm')).state).toBe('started')
  })

  trap('a transient 502 during polling kills the whole job', async () => {
    const down = text(502, '<html>bad gateway</html>')
    bench.server.on(
      `GET ${M}`,
      machine({ state: 'starting' }),
      down,
      machine({ state: 'starting' }),
      machine(),
    )
    bench.server.on(`GET ${M}/wait`, down, reset, down, json(200, { state: 'started' }))
    expect((await bench.fly.ensureStarted('a', 'm')).state).toBe('started')
  })

  trap('machine `destroyed` in a 200, or 404', async () => {
    bench.server.on(`GET ${M}`, machine({ state: 'destroyed' }), notFound)
    expect(isGone(await bench.fly.machines.get('a', 'm'))).toBe(true)
    expect((await failureOf(bench.fly.machines.get('a', 'm'))).code).toBe('not_found')
  })

  trap('host unreachable: `host_status`, partial config', async () => {
    bench.server.on(
      `GET ${M}`,
      machine({ host_status: 'unreachable', config: undefined, incomplete_config: { image: 'x' } }),
    )
    const seen = await bench.fly.machines.get('a', 'm')
    expect(isUnreachable(seen)).toBe(true)
    expect(seen.incompleteConfig).toEqual({ image: 'x' })
    await failureOf(bench.fly.updateMachineConfig('a', 'm', (config) => config))
    expect(bench.server.to(`POST ${M}`)).toHaveLength(0)
  })

  trap('volumes left behind after teardown', async () => {
    bench.server.on(
      'GET /v1/orgs/acme/volumes',
      json(200, { volumes: [{ id: 'vol_1', app_name: 'a', state: 'pending_destroy' }] }),
    )
    for await (const { volumes } of bench.fly.orgs.volumes())
      expect(volumes[0]).toMatchObject({ appName: 'a', state: 'pending_destroy' })
  })

  trap('teardown that swallows errors and reports success', async () => {
    bench.server.on(`DELETE ${APP}`, text(202, ''))
    bench.server.on(`GET ${APP}`, json(200, { name: 'a' }))
    const error = await failureOf(bench.fly.ensureAppGone('a', {}, { deadlineMs: 30_000 }))
    expect(error.message).toContain('still there')
  })

  trap('429 bursts', async () => {
    const fly = bench.client({ rateLimits: true })
    let tokens = 3
    let at = 0
    bench.server.on(`POST ${M}/stop`, (response, call) => {
      tokens = Math.min(3, tokens + (bench.clock.elapsedMs - at) / 1000)
      at = bench.clock.elapsedMs
      tokens -= 1
      const reply =
        tokens < -0.01 ? refuse(429, 'resource_exhausted: rate limit exceeded') : json(200, { ok: true })
      reply(response, call)
    })
    for (let n = 0; n < 20; n += 1) await fly.machines.stop('a', 'm')
    expect(bench.server.calls).toHaveLength(20)
  })

  trap('stale shared token cache, 401', async () => {
    bench.server.otherwise(refuse(401, 'Authenticate: token validation error'))
    expect((await failureOf(bench.fly.apps.get('a'))).code).toBe('unauthorized')
    expect((await failureOf(bench.fly.ensureMachine('a', wanted))).code).toBe('unauthorized')
    expect(bench.server.calls).toHaveLength(2)
  })

  trap('update wipes config', async () => {
    bench.server.on(
      `GET ${M}`,
      machine({ instance_id: 'v1', config: { image: 'x', env: { A: '1' }, services: [] } }),
    )
    bench.server.on(`POST ${M}`, machine())
    await bench.fly.updateMachineConfig('a', 'm', (config) => ({ ...config, image: 'y' }))
    expect(bench.server.to(`POST ${M}`)[0]?.body).toEqual({
      config: { image: 'y', env: { A: '1' }, services: [] },
      current_version: 'v1',
    })
  })

  trap('exec returns 200 on failure', async () => {
    bench.server.on(`POST ${M}/exec`, json(200, { exit_code: 1, stderr: 'no' }), json(200, { stdout: 'yes' }))
    expect(await bench.fly.machines.exec('a', 'm', { command: ['false'] })).toMatchObject({
      exitCode: 1,
      stderr: 'no',
    })
    expect((await bench.fly.machines.exec('a', 'm', { command: ['true'] })).exitCode).toBe(0)
  })

  trap('secrets not yet visible', async () => {
    bench.server.on(`POST ${APP}/secrets`, json(200, { version: 12 }))
    bench.server.on(`POST ${APP}/machines`, machine())
    await bench.fly.secrets.set('a', { K: 'v' })
    await bench.fly.ensureMachine('a', wanted)
    expect(bench.server.to(`POST ${APP}/machines`)[0]?.body).toMatchObject({ min_secrets_version: 12 })
  })

  trap('8 GB uncompressed image limit', async () => {
    const why = 'Not enough space to unpack image, possibly exceeds maximum of 8GB uncompressed'
    const exit = { type: 'exit', status: 'stopped', request: { exit_event: { exit_code: 1, error: why } } }
    const launch = { type: 'launch', status: 'failed', request: { error: why } }
    bench.server.on(`GET ${M}`, machine({ state: 'failed', events: [exit] }))
    bench.server.on(`GET ${M}/wait`, json(200, { state: 'failed' }))
    const wait = (timeoutMs: number) => bench.fly.machines.wait('a', 'm', { states: ['started'], timeoutMs })
    expect((await failureOf(wait(60_000))).message).toContain(`the machine is failed; exit code 1: ${why}`)
    expect((await failureOf(bench.fly.ensureStarted('a', 'm'))).message).toContain(why)
    // It may also hang in `starting` for good.
    bench.server.on(`GET ${M}`, machine({ state: 'starting', events: [launch] }))
    bench.server.on(`GET ${M}/wait`, refuse(408, 'deadline_exceeded'))
    const late = await failureOf(wait(60_000))
    expect(late).toMatchObject({ code: 'wait_deadline', machineState: 'starting' })
    expect(late.message).toContain(`launch failed: ${why}`)
  })

  test('every one of them has a test', () => {
    expect(TRAPS).toHaveLength(28)
    expect([...tested]).toEqual([...TRAPS])
  })

  test('the same body under another key, as text, as a page, or empty', async () => {
    bench.server.on(
      `GET ${APP}`,
      json(401, { message: 'Unauthorized' }),
      text(404, '404 page not found'),
      text(400, ''),
    )
    const errors = [
      await failureOf(bench.fly.apps.get('a')),
      await failureOf(bench.fly.apps.get('a')),
      await failureOf(bench.fly.apps.get('a')),
    ]
    expect(errors.map(({ code }) => code)).toEqual(['unauthorized', 'not_found', 'validation'])
    expect(errors[0]?.message).toContain('Unauthorized')
    expect(isFlyError(errors[2], 'validation', 'conflict')).toBe(true)
  })
})
