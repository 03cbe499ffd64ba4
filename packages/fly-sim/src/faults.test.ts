import { describe, expect, test } from '@jest/globals'
import type { ANSWER_KINDS } from './faults/answer-kinds.ts'
import { FAULT_KINDS } from './faults/kinds.ts'
import { type MachineReply, useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

// Spoiled answers are the point here, so they are not held against the OpenAPI file.
const sim = useSim({ judged: false })
let next = 0
const freshApp = () => sim.app(`f-${next++}`)

async function faultFor<T>(spec: Record<string, unknown>, run: () => Promise<T>): Promise<T> {
  const { id } = await sim.fault(spec)
  try {
    return await run()
  } finally {
    await sim.admin('DELETE', `faults/${id}`)
  }
}

const create = (app: string, name?: string) =>
  sim.call('POST', `/v1/apps/${app}/machines`, {
    ...(name !== undefined && { name }),
    config: { image: 'x' },
  })
const machinesOf = (app: string) => sim.must<MachineReply[]>('GET', `/v1/apps/${app}/machines`)

test('the catalogue lists at least twenty kinds, each with its stage and meaning', async () => {
  const { kinds } = await sim.admin<{ kinds: { kind: string; stage: string; what: string }[] }>(
    'GET',
    'faults',
  )
  expect(kinds.length).toBeGreaterThanOrEqual(20)
  expect(kinds.map(({ kind }) => kind).sort()).toEqual(Object.keys(FAULT_KINDS).sort())
  for (const { what } of kinds) expect(what).not.toBe('')
})

describe('instead of the call', () => {
  const STATUS: Record<keyof typeof ANSWER_KINDS, number> = {
    status: 500, unauthorized: 401, forbidden: 403, not_found: 404, not_found_as_400: 400, timeout_408: 408, rate_limited: 429,
    internal: 500, bad_gateway: 502, unavailable: 503, empty_400: 400, name_taken: 422, region_capacity: 422,
    region_capacity_409: 409, host_capacity: 409, start_capacity: 409, volume_capacity: 412, region_quota: 403, machine_limit: 422,
    lease_held: 409, concurrent_update: 409, getting_replaced: 412, host_disabled: 412,
  } // prettier-ignore

  test.each(Object.entries(STATUS))('%s answers %d and applies nothing', async (kind, status) => {
    const app = await freshApp()
    const reply = await faultFor({ kind, match: { operation: 'machines.create', app } }, () => create(app))
    expect(reply.status).toBe(status)
    expect(await machinesOf(app)).toEqual([])
  })

  test('status takes any status, body, text and Retry-After', async () => {
    const app = await freshApp()
    const json = await faultFor(
      { kind: 'status', params: { status: 418, body: { error: 'tea' }, retryAfterSeconds: 3 } },
      () => create(app),
    )
    expect([json.status, json.json, json.headers.get('retry-after')]).toEqual([418, { error: 'tea' }, '3'])
    const text = await faultFor({ kind: 'status', params: { status: 599, text: 'plain' } }, () => create(app))
    expect([text.status, text.text]).toEqual([599, 'plain'])
  })
})

describe('on the wire', () => {
  test('reset_before: the connection breaks and nothing was applied', async () => {
    const app = await freshApp()
    await faultFor({ kind: 'reset_before', match: { app } }, () =>
      expect(create(app)).rejects.toThrow('fetch failed'),
    )
    expect(await machinesOf(app)).toEqual([])
  })

  test('reset_after: the connection breaks and the machine exists', async () => {
    const app = await freshApp()
    await faultFor({ kind: 'reset_after', match: { operation: 'machines.create', app } }, () =>
      expect(create(app)).rejects.toThrow('fetch failed'),
    )
    expect(await machinesOf(app)).toHaveLength(1)
    const { calls } = await sim.admin<{ calls: object[] }>(
      'GET',
      `calls?app=${app}&operation=machines.create`,
    )
    expect(calls).toEqual([
      expect.objectContaining({ applied: true, outcome: 'reset', status: null, fault: 'reset_after' }),
    ])
  })

  test('error_after: an error is answered and the machine exists', async () => {
    const app = await freshApp()
    const reply = await faultFor({ kind: 'error_after', match: { app }, params: { status: 408 } }, () =>
      create(app),
    )
    expect(reply.status).toBe(408)
    expect(await machinesOf(app)).toHaveLength(1)
  })

  test.each([
    ['hang', 0],
    ['hang_after', 1],
  ])('%s: no answer, %d machines', async (kind, machines) => {
    const app = await freshApp()
    await faultFor({ kind, match: { operation: 'machines.create', app } }, async () => {
      const call = fetch(`${sim.running.url}/v1/apps/${app}/machines`, {
        method: 'POST',
        headers: { authorization: `Bearer ${sim.running.token}` },
        body: JSON.stringify({ config: { image: 'x' } }),
        signal: AbortSignal.timeout(200),
      })
      await expect(call).rejects.toThrow('timeout')
    })
    expect(await machinesOf(app)).toHaveLength(machines)
  })

  test.each([
    ['delay', { ms: 60 }],
    ['delay_after', { ms: 60 }],
    ['slow_body', { ms: 60 }],
  ])('%s: the right answer, later', async (kind, params) => {
    const app = await freshApp()
    const before = sim.running.sim.clock.nowMs()
    const reply = await faultFor({ kind, match: { app }, params }, () => create(app))
    expect(reply.status).toBe(200)
    expect(sim.running.sim.clock.nowMs() - before).toBeGreaterThanOrEqual(55)
  })

  test('truncated: the body ends too early', async () => {
    const app = await freshApp()
    await faultFor({ kind: 'truncated', match: { operation: 'machines.create', app } }, () =>
      expect(create(app)).rejects.toThrow(),
    )
    expect(await machinesOf(app)).toHaveLength(1)
  })

  test.each(['invalid_json', 'wrong_json', 'empty_body', 'html', 'oversized'])(
    '%s: applied, but the body is not what it should be',
    async (kind) => {
      const app = await freshApp()
      const raw = await faultFor(
        { kind, match: { operation: 'machines.create', app }, params: { bytes: 5_000_000 } },
        async () => {
          const response = await fetch(`${sim.running.url}/v1/apps/${app}/machines`, {
            method: 'POST',
            headers: { authorization: `Bearer ${sim.running.token}` },
            body: JSON.stringify({ config: { image: 'x' } }),
          })
          return { status: response.status, text: await response.text() }
        },
      )
      expect(raw.status).toBe(200)
      expect(raw.text).not.toContain('instance_id')
      if (kind === 'oversized') expect(raw.text.length).toBeGreaterThan(5_000_000)
      expect(await machinesOf(app)).toHaveLength(1)
    },
  )

  test('clock_jump: the wall clock moves when the call arrives, timers do not', async () => {
    const app = await freshApp()
    const before = sim.running.sim.clock.nowMs()
    await faultFor({ kind: 'clock_jump', match: { app }, count: 1, params: { ms: 7_200_000 } }, () =>
      create(app),
    )
    expect(sim.running.sim.clock.nowMs() - before).toBeGreaterThanOrEqual(7_200_000)
    sim.running.sim.clock.jump(-7_200_000)
  })
})

describe('in the world', () => {
  test('stuck_state holds a machine in a state until the fault is gone', async () => {
    const app = await freshApp()
    const { id } = await faultFor(
      { kind: 'stuck_state', match: { app }, params: { state: 'starting' } },
      async () => {
        const machine = await sim.machine(app)
        const reply = await sim.call(
          'GET',
          `/v1/apps/${app}/machines/${machine.id}/wait?state=started&timeout=1`,
        )
        expect(reply.text).toContain('currently starting')
        return machine
      },
    )
    await sim.waitFor(app, id, 'started')
  })

  test('stuck_state with forMs ends by itself', async () => {
    const app = await freshApp()
    await sim.fault({ kind: 'stuck_state', match: { app }, params: { state: 'stopping', forMs: 100 } })
    const { id } = await sim.startedMachine(app)
    await sim.must('POST', `/v1/apps/${app}/machines/${id}/stop`, {})
    expect((await sim.get(app, id)).state).toBe('stopping')
    await sim.waitFor(app, id, 'stopped')
  })

  test('launch_failed goes to destroyed, start_failed to failed', async () => {
    const app = await freshApp()
    const lost = await faultFor({ kind: 'launch_failed', match: { app } }, async () => {
      const { id } = await sim.machine(app)
      await sim.waitFor(app, id, 'destroyed')
      return id
    })
    expect((await machinesOf(app)).map((machine) => machine.id)).not.toContain(lost)
    await faultFor({ kind: 'start_failed', match: { app } }, async () => {
      const { id } = await sim.machine(app)
      await sim.waitFor(app, id, 'failed')
    })
  })

  test('exit_early: the restart policy decides, on-failure gives up after max_retries', async () => {
    const app = await freshApp()
    await sim.admin('POST', 'delays', { restartBackoffMs: 1 })
    await faultFor({ kind: 'exit_early', match: { app }, params: { afterMs: 1, code: 3 } }, async () => {
      const { id } = await sim.machine(app, { restart: { policy: 'on-failure', max_retries: 2 } })
      await sim.waitFor(app, id, 'stopped')
      const exits = (await sim.get(app, id)).events?.filter((event) => event.type === 'exit') ?? []
      expect(exits.map((event) => event.request)).toMatchObject([
        { exit_event: { exit_code: 3, restarting: false, requested_stop: false }, restart_count: 2 },
        { exit_event: { exit_code: 3, restarting: true }, restart_count: 1 },
        { exit_event: { exit_code: 3, restarting: true }, restart_count: 0 },
      ])
    })
  })

  test('policy always restarts for ever, policy no stops at once', async () => {
    const app = await freshApp()
    await faultFor({ kind: 'exit_early', match: { app }, params: { afterMs: 1 }, count: 4 }, async () => {
      const { id } = await sim.machine(app, { restart: { policy: 'always' } })
      await until('the fourth restart', async () => {
        const { events = [], state } = await sim.get(app, id)
        return events.filter((event) => event.type === 'exit').length === 4 && state === 'started'
      })
      expect((await sim.get(app, id)).state).toBe('started')
    })
    await faultFor({ kind: 'exit_early', match: { app }, params: { afterMs: 1, oom: true } }, async () => {
      const { id } = await sim.machine(app, { restart: { policy: 'no' } })
      await sim.waitFor(app, id, 'stopped')
      const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
      expect(exit?.request).toMatchObject({ exit_event: { oom_killed: true, exit_code: 137 } })
    })
  })

  test('ignores_signals: the kill timeout decides', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app, { stop_config: { signal: 'SIGTERM', timeout: '80ms' } })
    await faultFor({ kind: 'ignores_signals', match: { app } }, async () => {
      const before = sim.running.sim.clock.nowMs()
      await sim.must('POST', `/v1/apps/${app}/machines/${id}/stop`, {})
      await sim.waitFor(app, id, 'stopped')
      expect(sim.running.sim.clock.nowMs() - before).toBeGreaterThanOrEqual(75)
    })
    const exit = (await sim.get(app, id)).events?.find((event) => event.type === 'exit')
    expect(exit?.request).toMatchObject({ exit_event: { exit_code: 137, signal: 9 } })
  })

  test.each([
    ['checks_critical', [{ name: 'c', status: 'critical' }]],
    ['checks_warning', [{ name: 'c', status: 'warning' }]],
    ['checks_missing', []],
  ])('%s', async (kind, checks) => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app, { checks: { c: { type: 'tcp', port: 80 } } })
    await faultFor({ kind, match: { app } }, async () =>
      expect((await sim.get(app, id)).checks).toMatchObject(checks),
    )
    expect((await sim.get(app, id)).checks).toMatchObject([{ status: 'passing' }])
  })

  test('host_unreachable: no config, only incomplete_config, and no start', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    await sim.must('POST', `/v1/apps/${app}/machines/${id}/stop`, {})
    await sim.waitFor(app, id, 'stopped')
    await faultFor({ kind: 'host_unreachable', match: { machine: id } }, async () => {
      const machine = await sim.get(app, id)
      expect(machine).toMatchObject({
        host_status: 'unreachable',
        incomplete_config: { image: expect.any(String) },
      })
      expect(machine).not.toHaveProperty('config')
      expect((await sim.call('POST', `/v1/apps/${app}/machines/${id}/start`)).status).toBe(503)
    })
    expect((await sim.get(app, id)).host_status).toBe('ok')
  })

  test('app_half_gone: the app is there, its machines API is not', async () => {
    const app = await freshApp()
    await faultFor({ kind: 'app_half_gone', match: { app } }, async () => {
      expect((await sim.call('GET', `/v1/apps/${app}`)).status).toBe(200)
      expect((await sim.call('GET', `/v1/apps/${app}/machines`)).status).toBe(404)
    })
  })

  test('reused_name_confused: the list of an app under a used name misses its machines', async () => {
    const app = await freshApp()
    await faultFor({ kind: 'reused_name_confused', match: { app } }, async () => {
      await sim.machine(app)
      expect(await machinesOf(app)).toHaveLength(1)
      await sim.must('DELETE', `/v1/apps/${app}?force=true`)
      await until('the end of the app', async () => (await sim.call('GET', `/v1/apps/${app}`)).status === 404)
      await sim.app(app)
      const { id } = await sim.machine(app)
      expect(await machinesOf(app)).toEqual([])
      expect((await sim.get(app, id)).id).toBe(id)
    })
    expect(await machinesOf(app)).toHaveLength(1)
  })

  test('app_delete_stuck: 202, but the app stays until the fault is gone', async () => {
    const app = await freshApp()
    await faultFor({ kind: 'app_delete_stuck', match: { app } }, async () => {
      expect((await sim.call('DELETE', `/v1/apps/${app}`)).status).toBe(202)
      expect((await sim.call('GET', `/v1/apps/${app}`)).status).toBe(200)
    })
    await until('the end of the app', async () => (await sim.call('GET', `/v1/apps/${app}`)).status === 404)
  })

  test('fresh objects may be 404 or 401 for a while', async () => {
    await sim.fault({ kind: 'fresh_app_missing', match: { app: 'late' }, params: { ms: 100 } })
    await sim.fault({ kind: 'fresh_app_unauthorized', match: { app: 'shy' }, params: { ms: 3_600_000 } })
    await sim.fault({ kind: 'fresh_machine_missing', params: { ms: 3_600_000 } })
    await sim.app('late')
    await sim.app('shy')
    expect((await sim.call('GET', '/v1/apps/late')).status).toBe(404)
    expect((await sim.call('GET', '/v1/apps/shy')).status).toBe(401)
    await until('the app to show', async () => (await sim.call('GET', '/v1/apps/late')).status === 200)
    const { id } = await sim.machine('late')
    expect((await sim.call('GET', `/v1/apps/late/machines/${id}`)).status).toBe(404)
    await sim.admin('DELETE', 'faults')
    expect((await sim.call('GET', `/v1/apps/late/machines/${id}`)).status).toBe(200)
  })

  test('migrated: a start says so and names the new host', async () => {
    const app = await freshApp()
    const { id } = await sim.startedMachine(app)
    await sim.must('POST', `/v1/apps/${app}/machines/${id}/stop`, {})
    await sim.waitFor(app, id, 'stopped')
    const reply = await faultFor({ kind: 'migrated' }, () =>
      sim.must('POST', `/v1/apps/${app}/machines/${id}/start`),
    )
    expect(reply).toMatchObject({ migrated: true, new_host: expect.stringMatching(/^[0-9a-f]{4}$/u) })
  })

  test('late_list and endless_list', async () => {
    const app = await freshApp()
    await sim.machine(app)
    await faultFor({ kind: 'late_list' }, async () => {
      const { machines } = await sim.must<{ machines: { app_name: string }[] }>(
        'GET',
        '/v1/orgs/personal/machines',
      )
      expect(machines.map((machine) => machine.app_name)).not.toContain(app)
    })
    await faultFor({ kind: 'endless_list' }, async () => {
      expect(await sim.must('GET', '/v1/orgs/personal/machines')).toHaveProperty('next_cursor')
    })
  })
})

describe('aim', () => {
  test('count, skip and patterns', async () => {
    const [one, two] = [await freshApp(), await freshApp()]
    await faultFor(
      { kind: 'unavailable', match: { operation: 'machines.*', app: one }, skip: 1, count: 2 },
      async () => {
        const seen: number[] = []
        for (let i = 0; i < 5; i++) seen.push((await sim.call('GET', `/v1/apps/${one}/machines`)).status)
        expect(seen).toEqual([200, 503, 503, 200, 200])
        expect((await sim.call('GET', `/v1/apps/${two}/machines`)).status).toBe(200)
        const { active } = await sim.admin<{ active: object[] }>('GET', 'faults')
        expect(active).toEqual([expect.objectContaining({ kind: 'unavailable', seen: 3, struck: 2 })])
      },
    )
  })

  test('one that holds is counted once for each app that felt it, only where it made a difference, and is not used up', async () => {
    const strikes = async (kind: string) =>
      (await sim.admin<{ strikes: Record<string, number> }>('GET', 'faults')).strikes[kind] ?? 0
    const [one, two, other] = [await freshApp(), await freshApp(), await freshApp()]
    const before = { gone: await strikes('app_half_gone'), fresh: await strikes('fresh_app_missing') }
    await faultFor({ kind: 'fresh_app_missing', params: { ms: 0 } }, () => sim.call('GET', `/v1/apps/${one}`))
    expect(await strikes('fresh_app_missing')).toBe(before.fresh)
    await faultFor({ kind: 'app_half_gone', match: { app: 'f-*' }, count: 1 }, async () => {
      for (const app of [one, one, two])
        expect((await sim.call('GET', `/v1/apps/${app}/machines`)).status).toBe(404)
      const { active } = await sim.admin<{ active: object[] }>('GET', 'faults')
      expect(active).toEqual([expect.objectContaining({ kind: 'app_half_gone', struck: 0, held: 2 })])
    })
    expect((await sim.call('GET', `/v1/apps/${other}/machines`)).status).toBe(200)
    expect(await strikes('app_half_gone')).toBe(before.gone + 2)
  })

  test('the same seed strikes at the same calls', async () => {
    const app = await freshApp()
    const round = () =>
      faultFor({ kind: 'internal', match: { app }, probability: 0.5, seed: 42 }, async () => {
        const seen: number[] = []
        for (let i = 0; i < 30; i++) seen.push((await sim.call('GET', `/v1/apps/${app}`)).status)
        return seen
      })
    const first = await round()
    expect(await round()).toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 500]))
  })

  test('a fault on an app that does not exist yet strikes its creation', async () => {
    const reply = await faultFor({ kind: 'unavailable', match: { app: 'not-yet' } }, () =>
      sim.call('POST', '/v1/apps', { name: 'not-yet', org_slug: 'personal' }),
    )
    expect(reply.status).toBe(503)
  })

  test.each([
    [{ kind: 'nonsense' }],
    [{ kind: 'hang', probability: 2 }],
    [{ kind: 'hang', unknown: 1 }],
    [{}],
  ])('%j is refused', async (spec) => {
    await expect(sim.fault(spec)).rejects.toThrow('400')
  })
})
