import { type AppRow, findHeartbeat, findWant } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['deprovision', { status: 'deprovisioning', teardownStartedAt: 'now', drainStartedAt: 'now' }],
  ['provision', { operation: 'resize', drainStartedAt: 'now' }],
] as const)('the report is kept, and whoever waits for it in the %s lane goes on', async (lane, patch) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId, patch)
  const response = await request(api.app)
    .post('/shim/v1/drained')
    .set(appHeaders(api, app))
    .send({ signals_flushed: 4, executions_flushed: 2, lost: 0, rejected: 3 })
  expect(response.status).toBe(200)
  expect(response.body).toEqual({ ok: true })
  expect(await findHeartbeat(api.db, app.id)).toMatchObject({
    drainedAt: expect.any(Date),
    drained: { signalsFlushed: 4, executionsFlushed: 2, lost: 0, rejected: 3 },
  })
  expect(await api.queues[lane].getDeduplicationJobId(userId)).not.toBeNull()
})

describe('a report that nobody has asked for', () => {
  const report = (app: AppRow) =>
    request(api.app)
      .post('/shim/v1/drained')
      .set(appHeaders(api, app))
      .send({ signals_flushed: 0, executions_flushed: 0, lost: 0 })
      .expect(200)
  const versionOf = async (userId: string) => (await findWant(api.db, userId))?.wantedVersion ?? 0

  test.each([
    ['at rest: somebody has to look', {}, 1],
    ['under repair: the work that is open looks', { operation: 'repair' }, 0],
    ['asked for by a resize', { operation: 'resize', drainStartedAt: 'now' }, 0],
    ['asked for by a teardown', { status: 'deprovisioning', teardownStartedAt: 'now' }, 0],
  ] as const)('%s', async (_, patch, raised) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId, patch)
    const before = await versionOf(userId)
    await report(app)
    expect((await versionOf(userId)) - before).toBe(raised)
  })

  test('each heartbeat is asked whether the app is alive, until it asks what to run', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    const directives = async () => {
      const response = await request(api.app)
        .post('/shim/v1/heartbeat')
        .set(appHeaders(api, app))
        .send({ running_trader_ids: [] })
      return (response.body as { directives: string[] }).directives
    }
    const boot = () => request(api.app).get('/shim/v1/bootstrap').set(appHeaders(api, app)).expect(200)
    await boot()
    expect(await directives()).toEqual([])
    await report(app)
    expect(await directives()).toEqual(['reload'])
    expect(await directives()).toEqual(['reload'])
    await boot()
    expect(await directives()).toEqual([])
  })
})
