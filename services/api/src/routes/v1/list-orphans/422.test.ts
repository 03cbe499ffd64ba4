import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['state', { state: 'lost' }],
  ['limit', { limit: 0 }],
  ['cursor', { cursor: Buffer.from("'; drop").toString('base64url') }],
])('%s', async (field, query) => {
  const response = await request(api.app).get('/v1/orphans').query(query).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: `query.${field}` }] })
})
