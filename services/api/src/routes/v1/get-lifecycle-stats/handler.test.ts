import { insertEvent } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  async function read(query: object = {}): Promise<Record<string, unknown>> {
    const response = await request(api.app)
      .get('/v1/stats/lifecycle')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Record<string, unknown>
  }

  const NOTHING = {
    completed: 0,
    failed: 0,
    failed_apps: 0,
    success_pct: null,
    average_ms: null,
    p95_ms: null,
    reasons: [],
  }

  test('where nothing has happened there is no rate and no duration', async () => {
    expect(await read()).toMatchObject({ days: 30, provision: NOTHING, deprovision: NOTHING })
  })

  test('durations, failures with their reasons, and what deprovisioning saves', async () => {
    const { userId } = await createUser(api.db)
    const { id } = await createAppRow(api.db, userId)
    const minuteAgo = new Date(Date.parse((await read())['as_of'] as string) - 60_000)
    await api.db.updateTable('userFlyApps').set({ createdAt: minuteAgo }).where('id', '=', id).execute()
    const happened = (eventType: string, code?: string) =>
      insertEvent(api.db, {
        userFlyAppId: id,
        userId,
        eventType,
        status: code === undefined ? 'success' : 'failed',
        message: code === undefined ? null : 'no capacity',
        metadata: code === undefined ? {} : { code },
        actor: 'worker',
      })
    await happened('provision_failed', 'fly_region_capacity')
    await happened('provision_completed')
    const answer = await read({ days: 1 })
    expect(answer).toMatchObject({
      days: 1,
      provision: {
        completed: 1,
        failed: 1,
        failed_apps: 1,
        success_pct: '50.00',
        reasons: [
          {
            code: 'fly_region_capacity',
            failures: 1,
            last_at: expect.any(String),
            last_message: 'no capacity',
          },
        ],
      },
      deprovision: NOTHING,
      savings: { apps: 0, rule: expect.stringContaining('an estimate') },
    })
    const { average_ms: averageMs, p95_ms: p95Ms } = answer['provision'] as Record<string, number>
    expect(averageMs).toBeGreaterThanOrEqual(60_000)
    expect(averageMs).toBeLessThan(120_000)
    expect(p95Ms).toBe(averageMs)
  })
})

describe('422', () => {
  const api = useApi()

  test.each(['0', '91', '1.5', 'month'])('days of %s', async (days) => {
    const response = await request(api.app).get('/v1/stats/lifecycle').query({ days }).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: 'query.days' }] })
  })
})
