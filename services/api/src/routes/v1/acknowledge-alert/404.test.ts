import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('an alert that nobody raised', async () => {
  const response = await request(api.app).post('/v1/alerts/999/acknowledge').set(serviceKey)
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'not_found' })
})
