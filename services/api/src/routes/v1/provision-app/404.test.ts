import { randomUUID } from 'node:crypto'
import { findWant } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['provision', 'deprovision', 'retry'])('%s of a user nobody has heard of', async (action) => {
  const userId = randomUUID()
  const response = await request(api.app).post(`/v1/apps/${userId}/${action}`).set(serviceKey)
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'unknown_user' })
  expect(await findWant(api.db, userId)).toBeNull()
})
