import { findHeartbeat } from '@hangar/db'
import { createTrader, createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()
const bootstrap = (headers: Record<string, string>) => request(api.app).get('/shim/v1/bootstrap').set(headers)

test("the user's own enabled traders, and nobody else's", async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const { userId: neighbour } = await createUser(api.db, { tier: 'pro' })
  const { traderId } = await createTrader(api.db, userId, { name: 'mine', filter: { rsi: 30 } })
  await createTrader(api.db, userId, { name: 'off', enabled: false })
  await createTrader(api.db, neighbour, { name: 'theirs' })
  await createTrader(api.db, null, { name: 'built-in' })
  const app = await createAppRow(api.db, userId)

  const response = await bootstrap(appHeaders(api, app))
  expect(response.status).toBe(200)
  expect(response.body).toEqual({
    user_id: userId,
    app_name: app.flyAppName,
    generation: 1,
    tier: 'pro',
    directive: 'run',
    placement: 'dedicated',
    retry_after_ms: null,
    heartbeat_interval_ms: 30_000,
    drain_grace_ms: 30_000,
    quota: 10,
    traders: [{ id: traderId, name: 'mine', definition: { rsi: 30 } }],
    supabase: null,
  })
  expect(await findHeartbeat(api.db, app.id)).toMatchObject({
    machineId: 'm1',
    bootstrappedAt: expect.any(Date),
  })
})

test.each([
  ['its teardown has begun', { status: 'deprovisioning', teardownStartedAt: 'now' }],
  ['its machine is about to change', { drainStartedAt: 'now' }],
] as const)('an app of which %s is told to drain, and gets no traders', async (_why, patch) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await createTrader(api.db, userId)
  const app = await createAppRow(api.db, userId, patch)
  const response = await bootstrap(appHeaders(api, app))
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({ directive: 'drain', traders: [] })
})
