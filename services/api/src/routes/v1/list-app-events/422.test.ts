import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const encoded = (text: string) => Buffer.from(text).toString('base64url')

test.each(['0', '-1', '1.5', '1e3', 'abc', '99999999999999999999', '1 or 1=1'])(
  'a cursor of %s',
  async (key) => {
    const response = await request(api.app)
      .get(`/v1/apps/${randomUUID()}/events`)
      .query({ cursor: encoded(key) })
      .set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: 'query.cursor' }] })
  },
)
