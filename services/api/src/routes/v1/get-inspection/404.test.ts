import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('nobody asked this, or it was forgotten', async () => {
  const response = await request(api.app).get(`/v1/inspections/${randomUUID()}`).set(serviceKey)
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'not_found' })
})
