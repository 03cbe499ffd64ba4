import { findActiveOverride, insertOverride } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

async function put(userId: string, desired: string) {
  return request(api.app)
    .put(`/v1/apps/${userId}/override`)
    .set(await bearer('operator'))
    .send({ desired, reason: 'r' })
}

test.each(['on', 'off'])('to switch %s takes an admin', async (desired) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await put(userId, desired)
  expect([response.status, response.body]).toMatchObject([403, { needed_role: 'admin' }])
  expect(await findActiveOverride(api.db, userId)).toBeNull()
})

test('and so does a pause in the place of what an admin has said: with it, that would be forgotten', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  await api.db
    .transaction()
    .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'r', actor: 'user:ada' }))
  expect((await put(userId, 'paused')).status).toBe(403)
  expect((await findActiveOverride(api.db, userId))?.desired).toBe('on')
})
