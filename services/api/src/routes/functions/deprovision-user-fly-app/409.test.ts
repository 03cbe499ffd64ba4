import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['with an app', 'without one yet'])('a paying user %s keeps what they pay for', async (which) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  if (which === 'with an app') await createAppRow(api.db, userId)
  const response = await request(api.app)
    .post('/functions/v1/deprovision-user-fly-app')
    .set(serviceKey)
    .send({ user_id: userId, tier: 'free' })
  expect(response.status).toBe(409)
  expect(response.body).toMatchObject({ code: 'entitlement_conflict', detail: 'tier pro' })
})
