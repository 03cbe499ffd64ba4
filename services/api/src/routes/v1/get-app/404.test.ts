import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['', '/events'])('a user nobody has heard of%s', async (suffix) => {
  const response = await request(api.app).get(`/v1/apps/${randomUUID()}${suffix}`).set(serviceKey)
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'unknown_user', title: 'There is no such user.' })
})
