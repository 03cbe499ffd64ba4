import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const encoded = (text: string) => Buffer.from(text).toString('base64url')
const CURSOR = '2026-03-15T12:00:00.000Z|2026-03|month desc|1.5|00000000-0000-0000-0000-000000000000'

test.each([
  ['sort', { sort: 'email' }],
  ['order', { order: 'up' }],
  ['limit', { limit: 0 }],
  ['month', { month: 'march' }],
  ['cursor', { cursor: encoded('nonsense') }],
  ['cursor', { cursor: encoded(CURSOR.replace('1.5', "1'; drop")) }],
  ['cursor', { cursor: encoded(CURSOR.replace('2026-03-15T12', 'now')) }],
  ['cursor', { cursor: encoded(CURSOR.replace('2026-03-15T12', '2026-99-15T12')) }],
  ['cursor of another order', { cursor: encoded(CURSOR), order: 'asc' }],
  ['cursor of another sort', { cursor: encoded(CURSOR), sort: 'margin' }],
  ['cursor of another month', { cursor: encoded(CURSOR), month: '2026-04' }],
])('%s', async (name, query) => {
  const response = await request(api.app).get('/v1/costs/users').query(query).set(serviceKey)
  expect(response.status).toBe(422)
  const { errors } = response.body as { errors: { field: string }[] }
  expect(new Set(errors.map(({ field }) => field))).toEqual(new Set([`query.${name.split(' ')[0]}`]))
})

test('the cursor by itself is right', async () => {
  const response = await request(api.app)
    .get('/v1/costs/users')
    .query({ cursor: encoded(CURSOR) })
    .set(serviceKey)
  expect(response.status).toBe(200)
})
