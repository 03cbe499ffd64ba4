import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('there is no orphan of that name', async () => {
  const response = await request(api.app)
    .post('/v1/orphans/vyx-user-none/adopt')
    .set(serviceKey)
    .send({ reason: 'r' })
  expect([response.status, response.body]).toMatchObject([404, { code: 'not_found' }])
})
