import { expect, test } from '@jest/globals'
import { useSim } from './testing/harness.ts'

const sim = useSim({ clock: 'virtual', rateLimits: true })
let next = 0
const freshApp = () => sim.app(`r-${next++}`)

async function statuses(count: number, call: () => Promise<{ status: number }>): Promise<number[]> {
  const found: number[] = []
  for (let i = 0; i < count; i++) found.push((await call()).status)
  return found
}

test('an action allows a burst of 3 and then 1 a second, for each action and machine', async () => {
  const app = await freshApp()
  const { id } = await sim.machine(app)
  const stop = () => sim.call('POST', `/v1/apps/${app}/machines/${id}/stop`, {})
  expect(await statuses(4, stop)).toEqual([200, 200, 200, 429])
  expect((await sim.call('POST', `/v1/apps/${app}/machines/${id}/cordon`)).status).toBe(200)
  await sim.admin('POST', 'clock', { advanceMs: 1_000 })
  expect(await statuses(2, stop)).toEqual([200, 429])
})

test('create and list count by app, get machine allows 10 and then 5 a second', async () => {
  const app = await freshApp()
  const create = () => sim.call('POST', `/v1/apps/${app}/machines`, { config: { image: 'x' } })
  expect(await statuses(4, create)).toEqual([200, 200, 200, 429])
  const other = await freshApp()
  const { id } = await sim.machine(other)
  const get = () => sim.call('GET', `/v1/apps/${other}/machines/${id}`)
  expect((await statuses(11, get)).filter((status) => status === 429)).toHaveLength(1)
  await sim.admin('POST', 'clock', { advanceMs: 1_000 })
  expect((await statuses(6, get)).filter((status) => status === 200)).toHaveLength(5)
})

test('an organisation may delete a hundred apps a minute', async () => {
  for (let i = 0; i < 102; i++) await sim.app(`del-${i}`)
  let i = 0
  const drop = () => sim.call('DELETE', `/v1/apps/del-${i++}`)
  expect((await statuses(102, drop)).filter((status) => status === 429)).toHaveLength(2)
  await sim.admin('POST', 'clock', { advanceMs: 60_000 })
  i = 100
  expect(await statuses(2, drop)).toEqual([202, 202])
})

test('429 says resource_exhausted and sends no Retry-After, unless a fault makes it', async () => {
  const app = await freshApp()
  const list = () => sim.call('GET', `/v1/apps/${app}/machines`)
  await statuses(3, list)
  const refused = await list()
  expect([refused.status, refused.json, refused.headers.get('retry-after')]).toEqual([
    429,
    { error: 'resource_exhausted: rate limit exceeded' },
    null,
  ])
  await sim.fault({
    kind: 'rate_limited',
    match: { operation: 'apps.get' },
    params: { retryAfterSeconds: 7 },
  })
  expect((await sim.call('GET', `/v1/apps/${app}`)).headers.get('retry-after')).toBe('7')
  await sim.admin('DELETE', 'faults')
})

test('quotas: memory of a region is 403, machines of an organisation 422, apps 422', async () => {
  const app = await freshApp()
  await sim.admin('POST', 'limits', { rateLimits: false, memoryMbPerRegion: 512 })
  const fra = (memoryMb: number) =>
    sim.call('POST', `/v1/apps/${app}/machines`, {
      region: 'fra',
      config: { image: 'x', guest: { cpu_kind: 'shared', cpus: 1, memory_mb: memoryMb } },
    })
  expect((await fra(512)).status).toBe(200)
  expect(await fra(256)).toMatchObject({
    status: 403,
    json: {
      error:
        'organization "personal" is using 512 MB of memory in fra which is over the allowed quota. please consider other regions',
    },
  })
  const room = await sim.must<{ regions: { region: string; count: number }[] }>(
    'POST',
    '/v1/platform/placements',
    {
      org_slug: 'personal',
      count: 0,
      region: 'fra,ams',
      compute: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
    },
  )
  expect(room.regions.map(({ region, count }) => [region, count])).toEqual([
    ['fra', 0],
    ['ams', 2],
  ])
  await sim.admin('POST', 'limits', { memoryMbPerRegion: null, machinesPerOrg: 1 })
  expect(await fra(256)).toMatchObject({
    status: 422,
    json: { error: 'Your organization has reached its machine limit. Please contact billing@fly.io' },
  })
  await sim.admin('POST', 'limits', { machinesPerOrg: null, appsPerOrg: 1 })
  expect((await sim.call('POST', '/v1/apps', { name: 'one-too-many', org_slug: 'personal' })).status).toBe(
    422,
  )
  await sim.admin('POST', 'limits', { appsPerOrg: null })
})

test('regions need no token and answer under a capital key', async () => {
  const response = await fetch(`${sim.running.url}/v1/platform/regions`)
  const body = (await response.json()) as { Regions: { code: string }[] }
  expect(body.Regions.map(({ code }) => code)).toContain('iad')
})

test('addresses: none at first, assigned by type, released', async () => {
  const app = await freshApp()
  expect(await sim.must('GET', `/v1/apps/${app}/ip_assignments`)).toEqual({ ips: [] })
  const shared = await sim.must<{ ip: string }>('POST', `/v1/apps/${app}/ip_assignments`, {
    type: 'shared_v4',
  })
  expect(shared).toMatchObject({ shared: true })
  expect((await sim.call('POST', `/v1/apps/${app}/ip_assignments`, { type: 'shared_v4' })).status).toBe(422)
  expect(
    await sim.must('POST', `/v1/apps/${app}/ip_assignments`, { type: 'private_v6', network: 'default' }),
  ).toMatchObject({ shared: false })
  expect((await sim.call('DELETE', `/v1/apps/${app}/ip_assignments/${shared.ip}`)).status).toBe(204)
  expect(await sim.must<{ ips: unknown[] }>('GET', `/v1/apps/${app}/ip_assignments`)).toMatchObject({
    ips: [expect.anything()],
  })
})
