import { expect, test } from '@jest/globals'
import { useSim } from './testing/harness.ts'

const sim = useSim({ clock: 'virtual' })
let next = 0

type LeaseReply = {
  status: string
  data: { nonce: string; expires_at: number; owner: string; description: string }
}

async function machine() {
  const app = await sim.app(`l-${next++}`)
  const { id } = await sim.machine(app)
  await sim.admin('POST', 'clock', { advanceMs: 0 })
  return { app, id, path: `/v1/apps/${app}/machines/${id}` }
}
const nonceHeader = (nonce: string) => ({ 'fly-machine-lease-nonce': nonce })

test('acquire is 201 in an envelope; reading and releasing work; without one it is 404', async () => {
  const { path } = await machine()
  expect(await sim.call('GET', `${path}/lease`)).toMatchObject({
    status: 404,
    json: { error: 'lease not found' },
  })
  const taken = await sim.call('POST', `${path}/lease`, { ttl: 30, description: 'deploy' })
  expect(taken.status).toBe(201)
  const { data } = taken.json as LeaseReply
  expect(data).toMatchObject({
    description: 'deploy',
    expires_at: Math.floor(sim.running.sim.clock.nowMs() / 1_000) + 30,
  })
  expect(await sim.must('GET', `${path}/lease`)).toMatchObject({ data: { nonce: data.nonce } })
  expect(await sim.must('DELETE', `${path}/lease`, undefined, nonceHeader(data.nonce))).toEqual({
    status: 'success',
    data: { ok: true },
  })
  expect((await sim.call('DELETE', `${path}/lease`, undefined, nonceHeader(data.nonce))).json).toEqual({
    error: 'lease not found',
  })
})

test.each([
  ['update', 'POST', '', { config: { image: 'x' } }],
  ['start', 'POST', '/start', {}],
  ['stop', 'POST', '/stop', {}],
  ['restart', 'POST', '/restart', {}],
  ['suspend', 'POST', '/suspend', {}],
  ['cordon', 'POST', '/cordon', {}],
  ['uncordon', 'POST', '/uncordon', {}],
  ['exec', 'POST', '/exec', { command: ['true'] }],
  ['delete', 'DELETE', '?force=true', undefined],
])('a lease guards %s: 409 without the nonce', async (_, method, rest, body) => {
  const { id, path } = await machine()
  const { data } = await sim.must<LeaseReply>('POST', `${path}/lease`, { ttl: 30 })
  const refused = await sim.call(method, path + rest, body)
  expect(refused.status).toBe(409)
  expect(refused.text).toMatch(
    new RegExp(
      `aborted: machine ID ${id} lease currently held by \\S+@tokens.fly.io, expires at \\d{4}-`,
      'u',
    ),
  )
  expect((await sim.call(method, path + rest, body, nonceHeader('wrong'))).status).toBe(409)
  expect((await sim.call(method, path + rest, body, nonceHeader(data.nonce))).status).not.toBe(409)
})

test('a lease does not guard metadata', async () => {
  const { path } = await machine()
  await sim.must('POST', `${path}/lease`, { ttl: 30 })
  expect((await sim.call('POST', `${path}/metadata/a`, { value: '1' })).status).toBe(204)
})

test('a second holder is 409; the holder refreshes with its nonce; the end frees it', async () => {
  const { path } = await machine()
  const { data } = await sim.must<LeaseReply>('POST', `${path}/lease?ttl=30`)
  expect((await sim.call('POST', `${path}/lease`, { ttl: 30 })).status).toBe(409)
  await sim.admin('POST', 'clock', { advanceMs: 20_000 })
  const refreshed = await sim.must<LeaseReply>('POST', `${path}/lease`, { ttl: 30 }, nonceHeader(data.nonce))
  expect(refreshed.data.nonce).toBe(data.nonce)
  expect(refreshed.data.expires_at).toBe(data.expires_at + 20)
  await sim.admin('POST', 'clock', { advanceMs: 30_000 })
  expect((await sim.call('POST', `${path}/stop`, {})).status).toBe(200)
  expect((await sim.call('POST', `${path}/lease`, { ttl: 30 })).status).toBe(201)
})

test('lease_ttl on create gives the nonce once', async () => {
  const app = await sim.app(`l-${next++}`)
  const created = await sim.machine(app, {}, { lease_ttl: 30 })
  expect(created.nonce).toMatch(/^[0-9a-f]{12}$/u)
  expect(await sim.get(app, created.id)).not.toHaveProperty('nonce')
  const shown = await sim.must<{ lease: object }>(
    'GET',
    `/v1/apps/${app}/machines/${created.id}?include_leases=true`,
  )
  expect(Object.keys(shown.lease)).toEqual(['description', 'expires_at', 'owner'])
})
