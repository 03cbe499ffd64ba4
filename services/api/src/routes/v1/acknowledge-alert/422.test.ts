import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['0', 'first', '-1', '99999999999999999999'])('the id %s', async (id) => {
  const response = await request(api.app).post(`/v1/alerts/${id}/acknowledge`).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: 'path.id' }] })
})
