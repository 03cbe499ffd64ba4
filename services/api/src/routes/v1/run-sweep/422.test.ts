import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a sweep that there is not', async () => {
  const response = await request(api.app).post('/v1/sweeps/chimney').set(serviceKey).send({})
  expect([response.status, response.body]).toMatchObject([422, { errors: [{ field: 'path.name' }] }])
})
