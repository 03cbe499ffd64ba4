import { expect, test } from '@jest/globals'
import { MACHINE_STATES } from './world/types.ts'
import { useSim } from './testing/harness.ts'

const sim = useSim()

type Calls = { calls: Record<string, unknown>[]; lastSeq: number }

test('the call log says who called what, with which attempt, and whether it was applied', async () => {
  await sim.admin('DELETE', 'calls')
  await sim.call('POST', '/v1/apps', { name: 'logged', org_slug: 'personal' }, { 'X-Hangar-Attempt': '7/2' })
  await sim.call('POST', '/v1/apps', { name: 'logged', org_slug: 'personal' }, { 'X-Hangar-Attempt': '8/1' })
  await sim.call('GET', '/v1/apps/logged')
  const { calls } = await sim.admin<Calls>('GET', 'calls')
  expect(
    calls.map(({ operation, status, applied, attempt, outcome }) => [
      operation,
      status,
      applied,
      attempt,
      outcome,
    ]),
  ).toEqual([
    ['apps.create', 201, true, '7/2', 'answered'],
    ['apps.create', 422, false, '8/1', 'answered'],
    ['apps.get', 200, false, null, 'answered'],
  ])
  expect(JSON.stringify(calls)).not.toContain(sim.running.token)
  const { lastSeq } = await sim.admin<Calls>('GET', 'calls')
  await sim.call('GET', '/v1/apps/logged')
  expect((await sim.admin<Calls>('GET', `calls?after=${lastSeq}`)).calls).toHaveLength(1)
  expect((await sim.admin<Calls>('GET', 'calls?app=logged&operation=apps.get&limit=1')).calls).toHaveLength(1)
})

test('state shows apps, machines and digests of secrets, never values', async () => {
  await sim.app('shown')
  await sim.must('POST', '/v1/apps/shown/secrets', { values: { KEY: 'very-secret' } })
  const { id } = await sim.startedMachine('shown', { env: { A: '1' } })
  const state = await sim.admin<{ apps: { name: string; machines: unknown[] }[] }>('GET', 'state?app=shown')
  expect(state.apps).toMatchObject([
    {
      name: 'shown',
      secrets: [{ name: 'KEY' }],
      machines: [{ id, state: 'started', env: { A: '1' }, pid: null }],
    },
  ])
  expect(JSON.stringify(state)).not.toContain('very-secret')
  expect(await sim.admin('GET', 'apps/shown')).toMatchObject({ name: 'shown' })
})

test('a machine can be put into each of the seventeen states, and shows it', async () => {
  expect(MACHINE_STATES).toHaveLength(17)
  await sim.app('states')
  const { id } = await sim.startedMachine('states')
  for (const state of MACHINE_STATES) {
    await sim.admin('POST', `machines/${id}`, { state })
    expect((await sim.get('states', id)).state).toBe(state)
  }
})

test('delays: presets, single values, ranges; bad ones are refused', async () => {
  const { delays } = await sim.admin<{ delays: Record<string, unknown> }>('POST', 'delays', {
    startMs: [1, 5],
    stopMs: 7,
  })
  expect(delays).toMatchObject({ startMs: [1, 5], stopMs: 7, createMs: 0 })
  await expect(sim.admin('POST', 'delays', { startMs: -1 })).rejects.toThrow('400')
  await expect(sim.admin('POST', 'delays', { unknownMs: 1 })).rejects.toThrow('400')
  expect(await sim.admin('POST', 'delays', { preset: 'none' })).toMatchObject({ delays: { startMs: 0 } })
})

test('reset forgets apps, faults, calls and logs; tokens and organisations stay', async () => {
  await sim.app('forgotten')
  await sim.fault({ kind: 'hang', match: { app: 'nobody' } })
  await sim.admin('POST', 'reset', { seed: 9 })
  expect(await sim.admin('GET', 'state')).toMatchObject({
    apps: [],
    counts: { apps: 0, machines: 0, faults: 0 },
  })
  expect((await sim.call('GET', '/v1/apps?org_slug=personal')).status).toBe(200)
})

test('the same seed gives the same ids', async () => {
  const round = async () => {
    await sim.admin('POST', 'reset', { seed: 5 })
    await sim.app('seeded')
    return (await sim.machine('seeded')).id
  }
  expect(await round()).toBe(await round())
})

test('an unknown admin call is 404 and lists those that exist', async () => {
  const response = await fetch(`${sim.running.adminUrl}/_sim/nothing`)
  expect(response.status).toBe(404)
  expect(((await response.json()) as { calls: string[] }).calls).toContain('GET /_sim/faults')
})

test('another token is taken, and revoked, while it runs', async () => {
  const headers = { Authorization: 'Bearer another-token' }
  const ask = async () => (await fetch(`${sim.running.url}/v1/apps?org_slug=personal`, { headers })).status
  expect(await ask()).toBe(401)
  await sim.admin('POST', 'tokens', { token: 'another-token', accepted: true })
  expect(await ask()).toBe(200)
  await sim.admin('POST', 'tokens', { token: 'another-token', accepted: false })
  expect(await ask()).toBe(401)
})
