import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const userId = randomUUID()

describe.each(['provision-user-fly-app', 'deprovision-user-fly-app'])('%s', (name) => {
  test.each([
    ['user_id', {}],
    ['user_id', { user_id: 'bob', tier: 'pro' }],
    ['user_id', { user_id: null }],
    ['user_id', { user_id: [userId] }],
    ['tier', { user_id: userId, tier: 5 }],
    ['force', { user_id: userId, tier: 'pro', force: 'true' }],
    ['reason', { user_id: userId, tier: 'pro', force: true }],
  ])('%s in %j', async (field, body) => {
    const response = await request(api.app).post(`/functions/v1/${name}`).set(serviceKey).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] })
  })
})

test('check-user-app-health', async () => {
  const response = await request(api.app)
    .post('/functions/v1/check-user-app-health')
    .set(serviceKey)
    .send({ user_id: 'bob' })
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: 'user_id' }] })
})
