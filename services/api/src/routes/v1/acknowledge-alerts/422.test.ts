import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each<[string, object]>([
  ['ids', {}],
  ['ids', { ids: [] }],
  ['ids', { ids: Array.from({ length: 201 }, (_, n) => n + 1) }],
  ['ids.0', { ids: [0] }],
  ['ids.0', { ids: ['1'] }],
])('%s in %j', async (field, body) => {
  const response = await request(api.app).post('/v1/alerts/acknowledge').set(serviceKey).send(body)
  expect([response.status, response.body]).toMatchObject([422, { errors: [{ field }] }])
})
