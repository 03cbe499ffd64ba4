import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['timeline', 'health', 'costs'])('the %s of a user nobody has heard of', async (what) => {
  const response = await request(api.app).get(`/v1/apps/${randomUUID()}/${what}`).set(serviceKey)
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'unknown_user' })
})
