import { findWant } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['a free user', 'free', 'pro'],
  ['a tier that is not theirs', 'pro', 'elite'],
  ['a tier that nobody sells', 'pro', 'platinum'],
])('%s', async (_name, tier, asked) => {
  const { userId } = await createUser(api.db, { tier })
  const before = await findWant(api.db, userId)
  const response = await request(api.app)
    .post('/functions/v1/provision-user-fly-app')
    .set(serviceKey)
    .send({ user_id: userId, tier: asked })
  expect(response.status).toBe(409)
  expect(response.body).toMatchObject({ code: 'entitlement_conflict' })
  expect(await findWant(api.db, userId)).toEqual(before)
})
