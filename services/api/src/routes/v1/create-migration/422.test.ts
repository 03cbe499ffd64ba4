import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each<[string, object]>([
  ['user_ids', {}],
  ['user_ids', { all: true, tier: 'pro' }],
  ['user_ids', { user_ids: [] }],
  ['user_ids.0', { user_ids: ['me'] }],
  ['all', { all: false }],
  ['tier', { tier: 'free' }],
  ['wave_size', { user_ids: [randomUUID()], wave_size: 0 }],
  ['wave_pause_seconds', { all: true, wave_pause_seconds: -1 }],
  ['stop_on_failure_share', { all: true, stop_on_failure_share: 10 }],
  ['per_minute', { all: true, per_minute: 0 }],
])('%s in %j', async (field, body) => {
  const response = await request(api.app)
    .post('/v1/migrations')
    .set(serviceKey)
    .send({ reason: 'r', ...body })
  expect([response.status, response.body]).toMatchObject([422, { errors: [{ field }] }])
})
