import { engageBrake, listAudit, listBurstApprovals, listEngaged } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('201', () => {
  const api = useApi()

  async function approve(body: object) {
    return request(api.app)
      .post('/v1/burst-approvals')
      .set(await bearer('admin'))
      .send({ reason: 'the free trial ends', ...body })
  }

  test('10,000 downgrades at 100 a minute are a plan with an ETA', async () => {
    const response = await approve({ count: 10_000, expires_in_minutes: 120 })
    expect(response.status).toBe(201)
    expect(response.body).toEqual({
      id: expect.any(Number),
      approved: 10_000,
      used: 0,
      expired: false,
      reason: 'the free trial ends',
      actor: expect.stringMatching(/^user:/),
      created_at: expect.any(String),
      expires_at: expect.any(String),
      eta_minutes: 100,
      waiting_users: 0,
      brake_released: false,
    })
    const { created_at: from, expires_at: until } = response.body as Record<
      'created_at' | 'expires_at',
      string
    >
    expect(Date.parse(until) - Date.parse(from)).toBeCloseTo(120 * 60_000, -2)
    expect(await listAudit(api.db, { limit: 5 })).toMatchObject([
      {
        action: 'burst.approve',
        reason: 'the free trial ends',
        before: { waiting_users: 0 },
        after: { approved: 10_000, brake_released: false },
      },
    ])
    // The next waits behind those.
    expect((await approve({ count: 1 })).body).toMatchObject({ eta_minutes: 101 })
  })

  test('one that covers all who are held releases the brake', async () => {
    await engageBrake(api.db, 'deletion_burst', { by: 'w', reason: '20 began' })
    const { userId } = await createUser(api.db, { tier: 'free' })
    await createAppRow(api.db, userId)
    expect((await approve({ count: 1 })).body).toMatchObject({ waiting_users: 1, brake_released: true })
    expect(await listEngaged(api.db)).toEqual([])
  })
})

describe('422', () => {
  const api = useApi()

  test.each<[string, object]>([
    ['count', { reason: 'x' }],
    ['count', { reason: 'x', count: 0 }],
    ['count', { reason: 'x', count: 1.5 }],
    ['count', { reason: 'x', count: 10_000_000 }],
    ['reason', { count: 5 }],
    ['expires_in_minutes', { reason: 'x', count: 5, expires_in_minutes: 0 }],
    ['expires_in_minutes', { reason: 'x', count: 5, expires_in_minutes: 100_000 }],
  ])('%s in %j', async (field, body) => {
    const response = await request(api.app).post('/v1/burst-approvals').set(serviceKey).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
    expect(await listBurstApprovals(api.db, { limit: 1 })).toEqual([])
  })
})
