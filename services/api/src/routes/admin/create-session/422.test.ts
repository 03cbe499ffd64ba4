import { expect, test } from '@jest/globals'
import request from 'supertest'
import { useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  {},
  { access_token: '' },
  { access_token: 5 },
  { token: 'x' },
  { email: 'ada@example.test' },
  { email: 'ada@example.test', password: '' },
  { email: 'ada@example.test', password: 'x', access_token: 'y' },
])('%j carries no credential', async (body) => {
  const response = await request(api.app).post('/admin/session').send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ code: 'validation_failed' })
})
