import { expect, test } from '@jest/globals'
import request from 'supertest'
import { useApi } from '../../testing/harness.ts'

const api = useApi()

test.each(['get', 'put', 'delete'] as const)('%s', async (method) => {
  const response = await request(api.app)[method]('/webhooks/supabase')
  expect(response.status).toBe(405)
  expect(response.headers['allow']).toBe('POST')
  expect(response.body).toMatchObject({ code: 'method_not_allowed', allow: ['POST'] })
})
