import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('more than any list of ids weighs', async () => {
  const response = await request(api.app)
    .post('/v1/bulk')
    .set(serviceKey)
    .send({ action: 'retry', reason: 'x'.repeat(1_100_000) })
  expect(response.status).toBe(413)
})
