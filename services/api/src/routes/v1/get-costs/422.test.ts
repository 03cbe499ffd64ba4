import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['2026-13', '2026-00', '2026-3', '1999-01', '2026-03-01', "2026-03'; drop", ''])(
  'a month of %j, here and in the file',
  async (month) => {
    for (const path of ['/v1/costs', '/v1/costs.csv']) {
      const response = await request(api.app).get(path).query({ month }).set(serviceKey)
      expect(response.status).toBe(422)
      expect(response.body).toMatchObject({ errors: [{ field: 'query.month' }] })
    }
  },
)

test('a filter that does not exist is refused, not ignored', async () => {
  const response = await request(api.app).get('/v1/costs?tier=pro').set(serviceKey)
  expect(response.status).toBe(422)
})
