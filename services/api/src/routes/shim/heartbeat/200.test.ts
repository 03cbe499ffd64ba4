import { findHeartbeat } from '@hangar/db'
import { createTrader, createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

async function setUp(patch: Parameters<typeof createAppRow>[2] = {}) {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId, patch)
  const beat = (body: object) =>
    request(api.app).post('/shim/v1/heartbeat').set(appHeaders(api, app)).send(body)
  return { userId, app, beat }
}

test('what the app reports is kept', async () => {
  const { app, beat } = await setUp()
  const response = await beat({
    running_trader_ids: [],
    last_cycle_at: '2026-03-01T12:00:00Z',
    buffered_signals: 3,
    memory_mb: 101,
    version: '1.2.3',
    something_newer: true,
  })
  expect(response.status).toBe(200)
  expect(response.body).toEqual({ directives: [] })
  expect(await findHeartbeat(api.db, app.id)).toMatchObject({
    machineId: 'm1',
    lastHeartbeatAt: expect.any(Date),
    runningTraderIds: [],
    lastCycleAt: new Date('2026-03-01T12:00:00Z'),
    bufferedSignals: 3,
    memoryMb: 101,
    version: '1.2.3',
  })
})

test('reload exactly when the app runs something else than its user has enabled', async () => {
  const { userId, beat } = await setUp()
  const { traderId } = await createTrader(api.db, userId)
  expect((await beat({ running_trader_ids: [] })).body).toEqual({ directives: ['reload'] })
  expect((await beat({ running_trader_ids: [traderId] })).body).toEqual({ directives: [] })
  expect((await beat({ running_trader_ids: [traderId, 'another'] })).body).toEqual({ directives: ['reload'] })
})

test('drain once it is decided, whatever runs', async () => {
  const { beat } = await setUp({ status: 'deprovisioning', teardownStartedAt: 'now' })
  expect((await beat({ running_trader_ids: ['t1'] })).body).toEqual({ directives: ['drain'] })
})

test.each([
  ['being provisioned', { status: 'provisioning' }, true],
  ['being resized', { operation: 'resize' }, true],
  ['at rest', {}, false],
] as const)('an app %s: the lane waits for the report or does not', async (_name, patch, woken) => {
  const { userId, beat } = await setUp(patch)
  await beat({ running_trader_ids: [] })
  expect((await api.queues.provision.getDeduplicationJobId(userId)) !== null).toBe(woken)
})
