import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['signals', {}],
  ['signals', { items: {} }],
  ['executions', { items: 'all' }],
  ['signals', { items: Array.from({ length: 501 }, () => ({})) }],
])('%s: a batch that cannot be read as a whole', async (name, body) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId)
  const response = await request(api.app).post(`/shim/v1/${name}`).set(appHeaders(api, app)).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: 'items' }] })
})
