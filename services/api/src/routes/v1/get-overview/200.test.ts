import { engageBrake, raiseAlert, raiseWant, recordSweepIntervals, writeSetting } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

const api = useApi()
const away = useApi({ redis: 'down' })
const patient = useApi({ deps: { overviewReuseMs: 60_000 } })

async function read(of = api): Promise<Record<string, unknown>> {
  const response = await request(of.app)
    .get('/v1/overview')
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  return response.body as Record<string, unknown>
}

test('of an empty fleet: zero everywhere, and no gaps', async () => {
  const overview = await read()
  expect(overview).toMatchObject({
    generated_at: expect.any(String),
    apps: { live: 0, by_status: {}, by_health: {}, by_tier: {} },
    desired: { entitled: 0, not_entitled: 0, unknown: 0 },
    differences: { missing: 0, surplus: 0, pending: 0, parked: 0 },
    stuck: 0,
    orphans: { count: 0, monthly_cost_usd: '0.00' },
    sweeps: [],
    outbox: { pending: 0, oldest_ms: 0 },
    cost: { today_usd: '0.000000', month_usd: '0.000000', forecast_usd: '0.000000', budget_usd: null },
    alerts: { critical: 0, warning: 0, info: 0, unacknowledged: 0 },
    fly: { reachable: true, since: null },
  })
  expect((overview['queues'] as { name: string }[]).map(({ name }) => name)).toContain('provision')
  expect((overview['brakes'] as { engaged: boolean }[]).every(({ engaged }) => !engaged)).toBe(true)
})

test('what should be against what is, and what somebody should look at', async () => {
  const running = await createUser(api.db, { tier: 'pro' })
  await createAppRow(api.db, running.userId, { healthStatus: 'unhealthy' })
  await createUser(api.db, { tier: 'elite' })
  const leaving = await createUser(api.db, { tier: 'free' })
  await createAppRow(api.db, leaving.userId, {
    status: 'deprovisioning',
    teardownStartedAt: 'now',
    tier: 'elite',
  })
  await createUser(api.db, { tier: 'pro', status: 'on-hold' })
  await createOrphan(api.db, 'vyx-user-o')
  await raiseWant(api.db, running.userId, 'operator')
  for (const [subject, severity] of [
    [running.userId, 'critical'],
    ['', 'warning'],
  ] as const)
    await raiseAlert(api.db, { kind: 'stuck', subject, severity, message: 'm' })
  await recordSweepIntervals(api.db, [{ id: 'health', everyMs: 1_000 }])
  await api.db.transaction().execute((tx) => writeSetting(tx, 'budget', { monthlyUsd: '250.00' }, 'admin'))
  await engageBrake(api.db, 'fly_unreachable', { by: 'guards', reason: 'three probes failed' })

  const overview = await read()
  expect(overview).toMatchObject({
    apps: {
      live: 2,
      by_status: { active: 1, deprovisioning: 1 },
      by_health: { unhealthy: 1, unknown: 1 },
      by_tier: { pro: 1, elite: 1 },
    },
    desired: { entitled: 2, not_entitled: 1, unknown: 1 },
    differences: { missing: 1, surplus: 1, pending: 4, parked: 0 },
    stuck: 1,
    orphans: { count: 1 },
    sweeps: [{ name: 'health', every_ms: 1_000, completed_at: null, late: false }],
    outbox: { pending: 4 },
    cost: { budget_usd: '250.00' },
    // The brake and the orphan have alerts of their own.
    alerts: { critical: 2, warning: 2, info: 0, unacknowledged: 4 },
    fly: { reachable: false, since: expect.any(String) },
  })
  const brakes = overview['brakes'] as { name: string }[]
  expect(brakes.find(({ name }) => name === 'fly_unreachable')).toMatchObject({
    engaged: true,
    reason: 'three probes failed',
  })
})

test('while Redis is away: all but the queues', async () => {
  expect(await read(away)).toMatchObject({ queues: null, apps: { live: 0 } })
})

test('whoever asks at the same time, or soon after, gets the same', async () => {
  const [one, other] = await Promise.all([read(patient), read(patient)])
  expect(other['generated_at']).toBe(one['generated_at'])
  expect((await read(patient))['generated_at']).toBe(one['generated_at'])
  expect((await read())['generated_at']).not.toBe((await read())['generated_at'])
})
