import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['an action nobody knows', { action: 'explode', reason: 'because' }, 'action'],
  ['no action', { reason: 'because' }, 'action'],
  ['no reason', { action: 'abandon' }, 'reason'],
  ['an empty reason', { action: 'abandon', reason: '  ' }, 'reason'],
])('%s', async (_what, body, field) => {
  const response = await request(api.app).post(`/v1/apps/${randomUUID()}/force`).set(serviceKey).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
})
