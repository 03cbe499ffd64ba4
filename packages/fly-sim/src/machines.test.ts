import { describe, expect, test } from '@jest/globals'
import { type MachineReply, useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

const sim = useSim()
const NAMES = new Set<string>()
let next = 0
const freshApp = () => {
  const name = `m-${next++}`
  NAMES.add(name)
  return sim.app(name)
}
const path = (app: string, id: string, rest = '') => `/v1/apps/${app}/machines/${id}${rest}`

describe('create', () => {
  test('answers 200 with the machine in state created, its version and where it went', async () => {
    const app = await freshApp()
    const machine = await sim.machine(
      app,
      { guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 512 } },
      { name: 'one', region: 'ams,fra' },
    )
    expect(machine).toMatchObject({
      name: 'one',
      state: 'created',
      region: 'ams',
      checks: [],
      host_status: 'ok',
    })
    expect(machine.id).toMatch(/^[0-9a-f]{14}$/u)
    expect(machine.instance_id).toMatch(/^[0-9A-Z]{26}$/u)
    expect(machine.events).toEqual([
      expect.objectContaining({ type: 'launch', status: 'created', request: null }),
    ])
  })

  test('goes through starting to started; skip_launch leaves it created', async () => {
    const app = await freshApp()
    const resting = await sim.machine(app, {}, { skip_launch: true })
    const { id } = await sim.startedMachine(app)
    expect((await sim.get(app, id)).state).toBe('started')
    expect((await sim.get(app, resting.id)).state).toBe('created')
  })

  test('a second machine of the same name is 409 and names the first; a destroyed one frees the name', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app, {}, { name: 'only' })
    const second = await sim.call('POST', `/v1/apps/${app}/machines`, {
      name: 'only',
      config: { image: 'x' },
    })
    expect(second).toMatchObject({
      status: 409,
      json: {
        error: `already_exists: unique machine name violation, machine ID ${id} already exists with name "only"`,
      },
    })
    await sim.must('DELETE', path(app, id, '?force=true'))
    await sim.waitFor(app, id, 'destroyed')
    expect(
      (await sim.call('POST', `/v1/apps/${app}/machines`, { name: 'only', config: { image: 'x' } })).status,
    ).toBe(200)
  })

  test.each([
    ['no config', {}],
    ['no image', { config: { guest: {} } }],
    [
      'memory that is no multiple of 256',
      { config: { image: 'x', guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 300 } } },
    ],
    [
      'too little memory for the CPUs',
      { config: { image: 'x', guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 256 } } },
    ],
    [
      'too much memory for the CPUs',
      { config: { image: 'x', guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 4096 } } },
    ],
    ['three CPUs', { config: { image: 'x', guest: { cpu_kind: 'shared', cpus: 3, memory_mb: 768 } } }],
    ['autostart as a string', { config: { image: 'x', services: [{ autostart: 'true' }] } }],
    ['an unknown region', { region: 'xyz', config: { image: 'x' } }],
    ['a kill timeout over five minutes', { config: { image: 'x', stop_config: { timeout: '301s' } } }],
    ['an unknown restart policy', { config: { image: 'x', restart: { policy: 'sometimes' } } }],
    [
      'a volume that does not exist',
      { config: { image: 'x', mounts: [{ volume: 'vol_none', path: '/d' }] } },
    ],
  ])('%s is 400', async (_, body) => {
    const app = await freshApp()
    expect((await sim.call('POST', `/v1/apps/${app}/machines`, body)).status).toBe(400)
    expect(await sim.must(`GET`, `/v1/apps/${app}/machines`)).toEqual([])
  })

  test('autostop is answered as a boolean for off and stop', async () => {
    const app = await freshApp()
    const services = ['off', 'stop', 'suspend'].map((autostop) => ({
      internal_port: 80,
      protocol: 'tcp',
      autostop,
    }))
    const { config } = await sim.machine(app, { services })
    expect((config?.['services'] as { autostop: unknown }[]).map((service) => service.autostop)).toEqual([
      false,
      true,
      'suspend',
    ])
  })
})

describe('stop, start, restart, suspend', () => {
  test('stop reaches stopped and is no error when it is stopped already', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    expect(await sim.must('POST', path(app, id, '/stop'), { signal: 'SIGTERM', timeout: '5s' })).toEqual({
      ok: true,
    })
    await sim.waitFor(app, id, 'stopped')
    expect(await sim.must('POST', path(app, id, '/stop'), {})).toEqual({ ok: true })
    const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
    expect(exit?.request).toMatchObject({
      exit_event: { requested_stop: true, restarting: false, oom_killed: false },
    })
    expect(exit?.request?.['exit_event']).not.toHaveProperty('exit_code')
  })

  test('a stop body that is an array is 400 as in docs issue 2187', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    expect(await sim.call('POST', path(app, id, '/stop'), [])).toMatchObject({
      status: 400,
      json: { error: 'json: cannot unmarshal array into Go value of type main.stopRequest' },
    })
  })

  test('start says what the state was; from created it is 412', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    await sim.must('POST', path(app, id, '/stop'), {})
    await sim.waitFor(app, id, 'stopped')
    expect(await sim.must('POST', path(app, id, '/start'))).toEqual({
      previous_state: 'stopped',
      migrated: false,
      new_host: '',
    })
    await sim.waitFor(app, id, 'started')
    const { id: resting } = await sim.machine(app, {}, { skip_launch: true })
    expect(await sim.call('POST', path(app, resting, '/start'))).toMatchObject({
      status: 412,
      json: { error: "failed_precondition: unable to start machine from current state: 'created'" },
    })
  })

  test('a start while the machine is being replaced is 412', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    await sim.admin('POST', 'delays', { updateMs: 5_000 })
    await sim.must('POST', path(app, id), { config: { image: 'registry.example/app:2' } })
    expect(await sim.call('POST', path(app, id, '/start'))).toMatchObject({
      status: 412,
      json: { error: 'failed_precondition: machine getting replaced, refusing to start' },
    })
    await sim.admin('POST', 'delays', { updateMs: 0 })
  })

  test('restart comes back to started under the same version', async () => {
    const app = await freshApp()
    const { id, instance_id } = await sim.startedMachine(app)
    await sim.must('POST', path(app, id, '/restart?timeout=5s&signal=SIGTERM'))
    await sim.waitFor(app, id, 'started')
    const after = await sim.get(app, id)
    expect(after.instance_id).toBe(instance_id)
    expect(after.events?.map((event) => event.type)).toEqual(['start', 'exit', 'restart', 'start', 'launch'])
  })

  test('suspend and start resume; a large machine cannot be suspended', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    await sim.must('POST', path(app, id, '/suspend'))
    await sim.waitFor(app, id, 'suspended')
    await sim.must('POST', path(app, id, '/start'))
    await sim.waitFor(app, id, 'started')
    const large = await sim.startedMachine(app, {
      guest: { cpu_kind: 'performance', cpus: 1, memory_mb: 4096 },
    })
    expect((await sim.call('POST', path(app, large.id, '/suspend'))).status).toBe(412)
  })

  test('cordon and uncordon are idempotent', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    for (let i = 0; i < 2; i++) expect(await sim.must('POST', path(app, id, '/cordon'))).toEqual({ ok: true })
    expect((await sim.get(app, id)).cordoned).toBe(true)
    for (let i = 0; i < 2; i++) await sim.must('POST', path(app, id, '/uncordon'))
    expect((await sim.get(app, id)).cordoned).toBeUndefined()
  })

  test('a signal ends the program, and the restart policy decides what then', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app, { restart: { policy: 'no' } })
    await sim.must('POST', path(app, id, '/signal'), { signal: 'SIGTERM' })
    await sim.waitFor(app, id, 'stopped')
    expect((await sim.call('POST', path(app, id, '/signal'), { signal: 'SIGTERM' })).status).toBe(412)
  })
})

describe('update', () => {
  test('replaces the whole config under a new version and starts it', async () => {
    const app = await freshApp()
    const before = await sim.startedMachine(app, { env: { A: '1' } })
    const updated = await sim.must<MachineReply>('POST', path(app, before.id), {
      config: { image: 'registry.example/app:2' },
      current_version: before.instance_id,
    })
    expect(updated.instance_id).not.toBe(before.instance_id)
    await sim.waitFor(app, before.id, 'started')
    const after = await sim.get(app, before.id)
    expect(after.config).toEqual({ image: 'registry.example/app:2', guest: expect.any(Object) })
    const versions = await sim.must<{ version: string }[]>('GET', path(app, before.id, '/versions'))
    expect(versions.map(({ version }) => version)).toEqual([updated.instance_id, before.instance_id])
  })

  test('a stale current_version is 409', async () => {
    const app = await freshApp()
    const { id, instance_id } = await sim.startedMachine(app)
    await sim.must('POST', path(app, id), { config: { image: 'x' }, current_version: instance_id })
    await sim.waitFor(app, id, 'started')
    expect(
      await sim.call('POST', path(app, id), { config: { image: 'y' }, current_version: instance_id }),
    ).toMatchObject({
      status: 409,
      json: { error: 'aborted: machine update failed due to concurrent update' },
    })
  })

  test('with skip_launch the new version stays created', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    await sim.must('POST', path(app, id), { config: { image: 'x' }, skip_launch: true })
    await until('created', async () => (await sim.get(app, id)).state === 'created')
  })
})

describe('delete', () => {
  test('a started machine needs force; afterwards it answers 200 destroyed, then 404', async () => {
    const app = await freshApp()
    await sim.admin('POST', 'delays', { destroyedKeptMs: 60_000 })
    const { id } = await sim.startedMachine(app)
    expect((await sim.call('DELETE', path(app, id))).status).toBe(412)
    expect(await sim.must('DELETE', path(app, id, '?force=true'))).toEqual({ ok: true })
    await sim.waitFor(app, id, 'destroyed')
    expect((await sim.get(app, id)).state).toBe('destroyed')
    expect((await sim.call('POST', path(app, id, '/start'))).status).toBe(404)
    await sim.admin('POST', 'delays', { destroyedKeptMs: 0 })
    const other = await sim.startedMachine(app)
    await sim.must('DELETE', path(app, other.id, '?kill=true'))
    await until('404', async () => (await sim.call('GET', path(app, other.id))).status === 404)
  })

  test('a stopped machine needs no force', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    await sim.must('POST', path(app, id, '/stop'), {})
    await sim.waitFor(app, id, 'stopped')
    expect(await sim.must('DELETE', path(app, id))).toEqual({ ok: true })
  })

  test('auto_destroy takes the machine away when its program ends, also with an error', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app, { auto_destroy: true, restart: { policy: 'no' } })
    await sim.admin('POST', `machines/${id}`, { exitCode: 1 })
    await until('404', async () => (await sim.call('GET', path(app, id))).status === 404)
  })
})

test('with auto_destroy a wait for stopped ends in 404', async () => {
  const app = await freshApp()
  const { id } = await sim.startedMachine(app, { auto_destroy: true })
  await sim.must('POST', path(app, id, '/stop'), {})
  expect((await sim.call('GET', path(app, id, '/wait?state=stopped'))).status).toBe(404)
})

describe('reading', () => {
  test('list filters by region, state and metadata; summary leaves config out', async () => {
    const app = await freshApp()
    const ams = await sim.startedMachine(app, { metadata: { role: 'a' } }, { region: 'ams' })
    const iad = await sim.startedMachine(app, { metadata: { role: 'b' } }, { region: 'iad' })
    await sim.must('POST', path(app, iad.id, '/stop'), {})
    await sim.waitFor(app, iad.id, 'stopped')
    const ids = async (query: string) =>
      (await sim.must<MachineReply[]>('GET', `/v1/apps/${app}/machines?${query}`)).map(
        (machine) => machine.id,
      )
    expect(await ids('region=ams')).toEqual([ams.id])
    expect(await ids('state=stopped')).toEqual([iad.id])
    expect(await ids('state=created,started')).toEqual([ams.id])
    expect(await ids('metadata.role=b')).toEqual([iad.id])
    const [summary] = await sim.must<MachineReply[]>(
      'GET',
      `/v1/apps/${app}/machines?summary=true&region=ams`,
    )
    for (const field of ['config', 'checks', 'events', 'host_status', 'nonce'])
      expect(summary).not.toHaveProperty(field)
  })

  test('events come newest first and only the last twenty are kept', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    for (let i = 0; i < 8; i++) {
      await sim.must('POST', path(app, id, '/restart'))
      await sim.waitFor(app, id, 'started')
    }
    const { events = [] } = await sim.get(app, id)
    expect(events).toHaveLength(20)
    expect(events.map((event) => event.timestamp)).toEqual(
      events.map((event) => event.timestamp).sort((a, b) => b - a),
    )
    expect(events.some((event) => event.type === 'launch')).toBe(false)
    expect(await sim.must('GET', path(app, id, '/events?limit=3'))).toEqual(events.slice(0, 3))
  })

  test('checks are empty just after the launch, then passing', async () => {
    const app = await freshApp()
    await sim.admin('POST', 'delays', { checksMs: 3_600_000 })
    const checks = { web: { type: 'http', port: 8080, path: '/health' } }
    const services = [{ protocol: 'tcp', internal_port: 8080, checks: [{ type: 'tcp' }] }]
    const { id } = await sim.startedMachine(app, { checks, services })
    expect((await sim.get(app, id)).checks).toEqual([])
    await sim.admin('POST', 'delays', { checksMs: 0 })
    expect((await sim.get(app, id)).checks).toMatchObject([
      { name: 'web', status: 'passing' },
      { name: 'servicecheck-00-tcp-8080', status: 'passing' },
    ])
  })

  test('the image is taken apart into image_ref', async () => {
    const app = await freshApp()
    const refs = await Promise.all(
      ['nginx', 'registry.fly.io/my-app:v2', `ghcr.io/a/b@sha256:${'0'.repeat(64)}`].map(
        async (image) => (await sim.machine(app, { image })) as unknown as { image_ref: unknown },
      ),
    )
    expect(refs.map((ref) => ref.image_ref)).toMatchObject([
      { registry: 'registry-1.docker.io', repository: 'library/nginx', tag: 'latest' },
      { registry: 'registry.fly.io', repository: 'my-app', tag: 'v2' },
      { registry: 'ghcr.io', repository: 'a/b', digest: `sha256:${'0'.repeat(64)}` },
    ])
  })

  test('ps and exec answer, and exec is 200 even when the command fails', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    expect(await sim.must<unknown[]>('GET', path(app, id, '/ps'))).toHaveLength(1)
    expect(await sim.must('POST', path(app, id, '/exec'), { command: ['false'] })).toMatchObject({
      exit_code: 1,
    })
  })
})

test('metadata: set, read, replace and remove keys without a new version', async () => {
  const app = await freshApp()
  const { id, instance_id } = await sim.startedMachine(app, { metadata: { a: '1' } })
  expect((await sim.call('POST', path(app, id, '/metadata/b'), { value: '2' })).status).toBe(204)
  expect(await sim.must('GET', path(app, id, '/metadata'))).toEqual({ a: '1', b: '2' })
  expect(await sim.must('GET', path(app, id, '/metadata/b'))).toEqual({ value: '2' })
  await sim.must('PATCH', path(app, id, '/metadata'), {
    metadata: { a: null, b: '3' },
    machine_version: instance_id,
  })
  expect(await sim.must('GET', path(app, id, '/metadata'))).toEqual({ b: '3' })
  expect(
    (await sim.call('PATCH', path(app, id, '/metadata'), { metadata: {}, machine_version: 'other' })).status,
  ).toBe(412)
  await sim.must('DELETE', path(app, id, '/metadata/b'))
  expect((await sim.call('GET', path(app, id, '/metadata/b'))).status).toBe(404)
  expect((await sim.get(app, id)).instance_id).toBe(instance_id)
})
