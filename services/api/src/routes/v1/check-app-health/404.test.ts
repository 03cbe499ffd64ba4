import { listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a user without an app has nothing to be looked at', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await request(api.app).post(`/v1/apps/${userId}/check-health`).set(serviceKey)
  expect([response.status, response.body]).toMatchObject([404, { code: 'no_app' }])
  expect(await listAudit(api.db, { userId, limit: 5 })).toEqual([])
})
