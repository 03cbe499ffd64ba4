import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['type', { type: "x' or 1=1" }],
  ['type', { type: '' }],
  ['status', { status: 'bad' }],
  ['user_id', { user_id: 'bob' }],
  ['since', { since: 'yesterday' }],
  ['since', { since: '2026-02-31T00:00:00Z' }],
  ['cursor', { cursor: 'x' }],
  ['limit', { limit: -1 }],
])('%s in %j', async (field, query) => {
  for (const path of ['/v1/events', '/v1/audit']) {
    const asked = path === '/v1/audit' && (field === 'type' || field === 'status') ? { action: 'a b' } : query
    const response = await request(api.app).get(path).query(asked).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({
      errors: [{ field: `query.${'action' in asked ? 'action' : field}` }],
    })
  }
})
