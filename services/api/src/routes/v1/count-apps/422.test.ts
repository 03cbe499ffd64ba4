import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['query.status', { status: 'up' }],
  ['query.attention', { attention: 'all' }],
  ['query', { sort: 'id' }],
  ['query', { limit: 5 }],
])('%s in %j', async (field, query) => {
  const response = await request(api.app).get('/v1/apps/counts').query(query).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
})
