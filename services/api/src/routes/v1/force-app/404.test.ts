import { randomUUID } from 'node:crypto'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['nobody knows', () => Promise.resolve(randomUUID())],
  ['who has no app', async () => (await createUser(api.db, { tier: 'pro' })).userId],
  [
    'whose app is deleted',
    async () => {
      const { userId } = await createUser(api.db, { tier: 'pro' })
      await createAppRow(api.db, userId, { status: 'deleted', deletedAt: 'now' })
      return userId
    },
  ],
])('a user %s', async (_who, make) => {
  const response = await request(api.app)
    .post(`/v1/apps/${await make()}/force`)
    .set(serviceKey)
    .send({ action: 'abandon', reason: 'because' })
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'no_app' })
})
