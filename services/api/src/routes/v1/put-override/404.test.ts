import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['put', 'delete'] as const)('%s of a user nobody has heard of', async (method) => {
  const response = await request(api.app)
    [method](`/v1/apps/${randomUUID()}/override`)
    .set(serviceKey)
    .send({ reason: 'r', ...(method === 'put' ? { desired: 'off' } : {}) })
  expect([response.status, response.body]).toMatchObject([404, { code: 'unknown_user' }])
})
