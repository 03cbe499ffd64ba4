import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['0', '91', '1.5', 'month'])('days of %s', async (days) => {
  const response = await request(api.app).get('/v1/stats/lifecycle').query({ days }).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: 'query.days' }] })
})
