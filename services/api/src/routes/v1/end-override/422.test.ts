import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('without a reason', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await request(api.app).delete(`/v1/apps/${userId}/override`).set(serviceKey)
  expect([response.status, response.body]).toMatchObject([422, { errors: [{ field: 'reason' }] }])
})
