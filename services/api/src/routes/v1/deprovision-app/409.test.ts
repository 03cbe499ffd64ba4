import { insertOverride } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const deprovision = (userId: string) =>
  request(api.app).post(`/v1/apps/${userId}/deprovision`).set(serviceKey)

test('a paying user', async () => {
  const { userId } = await createUser(api.db, { tier: 'elite' })
  await createAppRow(api.db, userId)
  const response = await deprovision(userId)
  expect(response.status).toBe(409)
  expect(response.body).toMatchObject({ code: 'entitlement_conflict', detail: 'tier elite' })
})

test('a user kept on by an override', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  await api.db
    .transaction()
    .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'trial', actor: 'user:1' }))
  const response = await deprovision(userId)
  expect(response.status).toBe(409)
  expect(response.body).toMatchObject({ detail: 'switched on by an operator' })
})
