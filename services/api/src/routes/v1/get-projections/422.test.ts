import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['users', { users: '0' }],
  ['users', { users: '10,,20' }],
  ['users', { users: '-5' }],
  ['users', { users: '99999999' }],
  ['users', { users: Array.from({ length: 13 }, () => 1).join(',') }],
  ['mix', { mix: 'pro' }],
  ['mix', { mix: 'pro:0,elite:0' }],
  ['mix', { mix: 'gold:1' }],
  ['region', { region: 'Frankfurt' }],
])('%s in %j', async (field, query) => {
  const response = await request(api.app).get('/v1/projections').query(query).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: `query.${field}` }] })
})
