import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['bob', '123', "';drop table", '00000000-0000-0000-0000-00000000000g'])(
  '%s is no user id',
  async (id) => {
    const response = await request(api.app)
      .get(`/v1/apps/${encodeURIComponent(id)}`)
      .set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'path.userId' }] })
  },
)
