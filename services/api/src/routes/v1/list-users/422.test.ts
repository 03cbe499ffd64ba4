import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['query.limit', { limit: 201 }],
  ['query.cursor', { cursor: 'bm8' }],
  ['query.has_app', { has_app: 'perhaps' }],
  ['query.tier', { tier: 'a b' }],
  ['query.q', { q: '' }],
  ['query', { sort: 'email' }],
])('%s in %j', async (field, query) => {
  const response = await request(api.app).get('/v1/users').query(query).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
})
