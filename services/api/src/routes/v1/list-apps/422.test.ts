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
  ['cursor', { cursor: Buffer.from('["x","y","z"]').toString('base64url') }],
  ['cursor', { cursor: 'x'.repeat(1_001) }],
  ['status', { status: 'gone' }],
  ['status', { status: 'ACTIVE' }],
  ['status', { status: 'active,' }],
  ['status', { status: '' }],
  ['health', { health: 'sick' }],
  ['attention', { attention: 'failing,bored' }],
  ['tier', { tier: "pro' or 1=1" }],
  ['region', { region: 'iad,,fra' }],
  ['sort', { sort: 'age' }],
  ['sort', { sort: '--id' }],
  ['q', { q: 'a\u0000b' }],
  ['q', { q: 'x'.repeat(201) }],
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
