import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['query.state', { state: 'closed' }],
  ['query.severity', { severity: 'grave' }],
  ['query.acknowledged', { acknowledged: 'perhaps' }],
  ['query.limit', { limit: 0 }],
  ['query.cursor', { cursor: 'x' }],
])('%s in %j', async (field, query) => {
  const response = await request(api.app).get('/v1/alerts').query(query).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
})
