import { insertOverride } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

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
