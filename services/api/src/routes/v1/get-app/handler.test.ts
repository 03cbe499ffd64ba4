import { insertEvent, insertOverride, raiseAlert, raiseWant, recordHeartbeat } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { recordCost } from '../../../testing/costs.ts'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

describe('200', () => {
  const api = useApi()
  const get = (userId: string) => request(api.app).get(`/v1/apps/${userId}`).set(serviceKey)

  test('what a user should have, has, and had', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const former = await createAppRow(api.db, userId, {
      status: 'deleted',
      deletedAt: 'now',
      finalCostUsd: '1.25',
    })
    const live = await createAppRow(api.db, userId, {}, 2)
    const response = await get(userId)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      user_id: userId,
      subscription: { tier: 'pro', status: 'active' },
      entitlement: { kind: 'entitled', reason: 'tier pro' },
      override: null,
      wanted_version: 1,
      app: { id: live.id, status: 'active' },
      previous: [{ id: former.id, status: 'deleted', final_cost_usd: '1.250000' }],
    })
  })

  test('a user without an app is a user all the same', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const response = await get(userId.toUpperCase())
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      user_id: userId,
      entitlement: { kind: 'not_entitled' },
      app: null,
      previous: [],
    })
  })

  test('an override is shown wherever it acts', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'beta tester', actor: 'user:1' }))
    const response = await get(userId)
    expect(response.body).toMatchObject({
      entitlement: { kind: 'entitled', reason: 'switched on by an operator' },
      override: { desired: 'on', reason: 'beta tester', actor: 'user:1', expires_at: null },
    })
  })

  test('what should be, what is there, what differs, why, what comes next, and what it costs', async () => {
    const { userId, email } = await createUser(api.db, { tier: 'elite' })
    const drift = {
      fields: [{ field: 'image', want: 'screener:1', have: 'screener:2' }],
      seenAt: '2026-03-01',
    }
    const app = await createAppRow(api.db, userId, {
      operation: 'resize',
      startedAt: 'now',
      launchedAt: 'now',
      monthlyCostEstimateUsd: '6.00',
      drift,
    })
    await insertEvent(api.db, {
      userFlyAppId: app.id,
      userId,
      eventType: 'resize_started',
      status: 'started',
      actor: 'worker-1',
    })
    await recordHeartbeat(api.db, app.id, {
      machineId: 'm1',
      runningTraderIds: ['t1'],
      memoryMb: 120,
      version: '1.2',
    })
    await recordCost(api.db, app, { from: '2026-01-01T00:00:00Z', to: null, usdPerSecond: '0.000001' })
    for (const subject of [userId, app.flyAppName, 'somebody else'])
      await raiseAlert(api.db, { kind: 'app_unhealthy', subject, severity: 'warning', message: 'm' })
    await raiseWant(api.db, userId, 'operator')

    const response = await get(userId)
    expect(response.body).toMatchObject({
      email,
      work: {
        wanted_version: 2,
        done_version: 0,
        failed_attempts: 0,
        next_attempt_at: null,
        parked_reason: null,
        lease_expires_at: null,
        running: false,
      },
      desired: {
        exists: true,
        tier: 'elite',
        guest: { cpuKind: 'shared', cpus: 2, memoryMb: 1024 },
        region: 'iad',
        image: 'screener:1',
      },
      observed: {
        machine: { id: 'm1', state: 'running', guest: { memoryMb: 512 }, region: 'iad', image: 'screener:1' },
        heartbeat: { age_ms: expect.any(Number), running_trader_ids: ['t1'], memory_mb: 120, version: '1.2' },
        health: { status: 'unknown', checked_at: null, failures: 0, message: null },
      },
      differences: [
        {
          field: 'guest',
          desired: '2 shared CPUs, 1024 MB',
          observed: '2 shared CPUs, 512 MB',
          action: 'correct',
        },
        { field: 'image', desired: 'screener:1', observed: 'screener:2', action: 'report' },
      ],
      why: { code: 'resizing' },
      next: { text: expect.stringMatching(/^The next free worker takes it: /), at: expect.any(String) },
      progress: {
        operation: 'resize',
        steps: expect.arrayContaining([{ name: 'App is told to drain', state: 'running', at: null }]),
      },
      placement: { runs_on: 'shared' },
      alerts: [{ subject: app.flyAppName }, { subject: userId }],
      cost: { month_usd: expect.stringMatching(/^\d+\.\d{6}$/), monthly_estimate_usd: '6.00' },
    })
  })
})

describe('404', () => {
  const api = useApi()

  test.each(['', '/events'])('a user nobody has heard of%s', async (suffix) => {
    const response = await request(api.app).get(`/v1/apps/${randomUUID()}${suffix}`).set(serviceKey)
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'unknown_user', title: 'There is no such user.' })
  })
})

describe('422', () => {
  const api = useApi()

  test.each(['bob', '123', "';drop table", '00000000-0000-0000-0000-00000000000g'])(
    '%s is no user id',
    async (id) => {
      const response = await request(api.app)
        .get(`/v1/apps/${encodeURIComponent(id)}`)
        .set(serviceKey)
      expect(response.status).toBe(422)
      expect(response.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'path.userId' }] })
    },
  )
})
