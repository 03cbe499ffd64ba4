import { expect, test } from '@jest/globals'
import request from 'supertest'
import { SHARED_TOKEN, useApi } from '../../../testing/harness.ts'

const api = useApi()
const shared = { authorization: `Bearer ${SHARED_TOKEN}` }

test.each(['', 'x', '-1', '1e3', '1; drop table x', '1'.repeat(19), 'xyz.1', '0123456789ab.'])(
  'no cursor of ours: %j',
  async (after) => {
    const response = await request(api.app).get('/shim/v1/placement').query({ after }).set(shared)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: 'query.after' }] })
  },
)

test.each([
  ['released', {}],
  ['released', { released: 'all' }],
  ['instance', { released: [], instance: 'a b' }],
  ['released', { released: Array.from({ length: 1001 }, () => ({})) }],
  ['released.0.user_id', { released: [{ user_id: 'u1', move: 1 }] }],
  ['released.0.move', { released: [{ user_id: '00000000-0000-4000-8000-000000000001' }] }],
  ['released.0.move', { released: [{ user_id: '00000000-0000-4000-8000-000000000001', move: 2 ** 31 }] }],
])('released: %s is wrong', async (field, body) => {
  const response = await request(api.app).post('/shim/v1/placement/released').set(shared).send(body)
  expect(response.status).toBe(422)
  const { errors } = response.body as { errors: { field: string }[] }
  expect(errors.map((error) => error.field)).toContain(field)
})
