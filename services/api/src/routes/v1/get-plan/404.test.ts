import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a user nobody knows', async () => {
  const response = await request(api.app).get(`/v1/apps/${randomUUID()}/plan`).set(serviceKey)
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'unknown_user' })
})
