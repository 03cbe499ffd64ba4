import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['limit', { limit: 0 }],
  ['limit', { limit: 1_000_000 }],
  ['limit', { limit: 'many' }],
  ['limit', { limit: 1.5 }],
  ['cursor', { cursor: 'not-a-cursor' }],
  ['cursor', { cursor: Buffer.from("' or 1=1").toString('base64url') }],
  ['status', { status: 'deleted' }],
  ['status', { status: 'ACTIVE' }],
])('%s in %j', async (field, query) => {
  const response = await request(api.app).get('/v1/apps').query(query).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: `query.${field}` }] })
})

test('a filter that does not exist is refused, not ignored', async () => {
  const response = await request(api.app).get('/v1/apps?tire=pro').set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.text).toContain('tire')
})
