import { listBurstApprovals } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each<[string, object]>([
  ['count', { reason: 'x' }],
  ['count', { reason: 'x', count: 0 }],
  ['count', { reason: 'x', count: 1.5 }],
  ['count', { reason: 'x', count: 10_000_000 }],
  ['reason', { count: 5 }],
  ['expires_in_minutes', { reason: 'x', count: 5, expires_in_minutes: 0 }],
  ['expires_in_minutes', { reason: 'x', count: 5, expires_in_minutes: 100_000 }],
])('%s in %j', async (field, body) => {
  const response = await request(api.app).post('/v1/burst-approvals').set(serviceKey).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
  expect(await listBurstApprovals(api.db, { limit: 1 })).toEqual([])
})
