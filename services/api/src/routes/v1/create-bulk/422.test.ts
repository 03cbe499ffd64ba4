import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const ids = [randomUUID()]

test.each<[string, object]>([
  ['action', { action: 'restart', user_ids: ids }],
  ['action', { action: 'migrate', user_ids: ids }],
  ['user_ids', { action: 'retry' }],
  ['user_ids', { action: 'retry', user_ids: ids, filter: {} }],
  ['user_ids', { action: 'retry', user_ids: [] }],
  ['user_ids', { action: 'retry', user_ids: Array.from({ length: 10_001 }, () => randomUUID()) }],
  ['user_ids.0', { action: 'retry', user_ids: ['me'] }],
  ['filter', { action: 'retry', filter: { colour: 'red' } }],
  ['filter.status', { action: 'retry', filter: { status: 'asleep' } }],
  ['per_minute', { action: 'retry', user_ids: ids, per_minute: 0 }],
  ['per_minute', { action: 'retry', user_ids: ids, per_minute: 1e9 }],
  ['force', { action: 'retry', user_ids: ids, force: true }],
  ['approve_burst', { action: 'provision', user_ids: ids, approve_burst: true }],
])('%s in %j', async (field, body) => {
  const response = await request(api.app)
    .post('/v1/bulk')
    .set(serviceKey)
    .send({ reason: 'r', ...body })
  expect([response.status, response.body]).toMatchObject([422, { errors: [{ field }] }])
})
