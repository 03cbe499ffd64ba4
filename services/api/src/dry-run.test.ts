/** Every change of /v1 has a dry run by the same code path: it answers as the change would, and leaves every row as it is. */
import { engageBrake, listAlerts, raiseAlert } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import request from 'supertest'
import type { Route } from './http/route.ts'
import { routes } from './routes/index.ts'
import { createBulk, createMigration } from './testing/bulks.ts'
import { createAppRow, serviceKey, useApi } from './testing/harness.ts'
import { createOrphan } from './testing/orphans.ts'
import { watchRows } from './testing/watch-rows.ts'

const api = useApi()
const ids = { userId: '', id: '', appName: 'vyx-user-dead', name: 'operator' }
let bulkId = 0
let migrationId = 0
let changes: Awaited<ReturnType<typeof watchRows>>

beforeAll(async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await createAppRow(api.db, userId)
  await raiseAlert(api.db, { kind: 'outbox_lag', subject: '', severity: 'warning', message: 'm' })
  const [alert] = await listAlerts(api.db, { limit: 1 })
  await createOrphan(api.db, 'vyx-user-dead')
  const { userId: lost } = await createUser(api.db, { tier: 'pro' })
  await createOrphan(api.db, 'vyx-user-lost', { kind: 'unknown_name', userId: lost })
  bulkId = await createBulk(api.db, [userId])
  migrationId = await createMigration(api.db, [lost])
  Object.assign(ids, { userId, id: String(alert?.id) })
  changes = await watchRows(api.databaseUrl)
})
afterAll(() => changes.end())

/** What each of them would accept. One that is missing here fails. */
const BODIES: Record<string, () => { body?: object; path?: string }> = {
  'post /v1/apps/:userId/provision': () => ({}),
  'post /v1/apps/:userId/deprovision': () => ({ body: { force: true, reason: 'r' } }),
  'post /v1/apps/:userId/retry': () => ({}),
  'post /v1/apps/:userId/force': () => ({ body: { action: 'recreate', reason: 'r' } }),
  'post /v1/apps/:userId/check-health': () => ({}),
  'put /v1/apps/:userId/override': () => ({ body: { desired: 'off', reason: 'r' } }),
  'delete /v1/apps/:userId/override': () => ({ body: { reason: 'r' } }),
  'post /v1/bulk': () => ({ body: { action: 'retry', user_ids: [ids.userId], reason: 'r' } }),
  'post /v1/bulk/:id/pause': () => ({ path: `/v1/bulk/${bulkId}/pause` }),
  'post /v1/bulk/:id/resume': () => ({ path: `/v1/bulk/${bulkId}/resume` }),
  'post /v1/bulk/:id/cancel': () => ({ path: `/v1/bulk/${bulkId}/cancel` }),
  'post /v1/migrations': () => ({ body: { all: true, reason: 'r' } }),
  'post /v1/migrations/:id/pause': () => ({ path: `/v1/migrations/${migrationId}/pause` }),
  'post /v1/migrations/:id/resume': () => ({ path: `/v1/migrations/${migrationId}/resume` }),
  'post /v1/migrations/:id/cancel': () => ({ path: `/v1/migrations/${migrationId}/cancel` }),
  'post /v1/brakes/:name/engage': () => ({ body: { reason: 'r' } }),
  'post /v1/brakes/:name/release': () => ({ body: { reason: 'r' } }),
  'post /v1/burst-approvals': () => ({ body: { count: 3, reason: 'r' } }),
  'patch /v1/settings': () => ({ body: { budget: { monthly_usd: '100.00' } } }),
  'post /v1/alerts/:id/acknowledge': () => ({}),
  'post /v1/alerts/acknowledge': () => ({ body: { ids: [Number(ids.id)] } }),
  'post /v1/orphans/:appName/delete': () => ({ body: { reason: 'r' } }),
  'post /v1/doctor': () => ({}),
  'post /v1/sweeps/:name': () => ({ path: '/v1/sweeps/orphans' }),
  'post /v1/orphans/:appName/adopt': () => ({
    path: '/v1/orphans/vyx-user-lost/adopt',
    body: { reason: 'r' },
  }),
}

const mutations = routes.filter(({ method, path }) => method !== 'get' && path.startsWith('/v1/'))
const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`

test.each(mutations.map((route) => [nameOf(route), route] as const))('%s', async (name, route) => {
  const given = BODIES[name]?.()
  if (!given) throw new Error('this change has no row here yet')
  const path = route.path.replaceAll(/:(\w+)/g, (_, part: string) => ids[part as keyof typeof ids])
  const before = await changes.count('hangar.inspections')
  const response = await request(api.app)
    [route.method](`${given.path ?? path}?dryRun=true`)
    .set(serviceKey)
    .send(given.body)
  expect([response.status, response.body]).toEqual([200, expect.any(Object)])
  // Beside the question of what a worker would do.
  expect(await changes.count('hangar.inspections')).toBe(before)
  const jobs = await Promise.all(
    (['provision', 'deprovision', 'bulk', 'sweep'] as const).map((queue) =>
      api.queues[queue].getJobCountByTypes(),
    ),
  )
  expect(jobs).toEqual([0, 0, 0, 0])
})

test('it says what would be: a brake that is engaged is shown as released', async () => {
  await engageBrake(api.db, 'operator', { by: 'ada', reason: 'lunch' })
  const response = await request(api.app)
    .post('/v1/brakes/operator/release')
    .set(serviceKey)
    .send({ reason: 'back', dryRun: true })
  expect(response.body).toMatchObject({ changed: true, brake: { engaged: false } })
  const after = await request(api.app).get('/v1/brakes').set(serviceKey)
  expect((after.body as { items: { name: string; engaged: boolean }[] }).items).toContainEqual(
    expect.objectContaining({ name: 'operator', engaged: true }),
  )
})
