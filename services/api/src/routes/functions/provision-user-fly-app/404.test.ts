import { randomUUID } from 'node:crypto'
import { findActiveOverride } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a user nobody has heard of gets no app, forced or not', async () => {
  const userId = randomUUID()
  for (const force of [{}, { force: true, reason: 'typo in the id' }]) {
    const response = await request(api.app)
      .post('/functions/v1/provision-user-fly-app')
      .set(serviceKey)
      .send({ user_id: userId, tier: 'pro', ...force })
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'unknown_user' })
  }
  expect(await findActiveOverride(api.db, userId)).toBeNull()
})
