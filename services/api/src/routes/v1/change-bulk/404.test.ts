import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['get', ''],
  ['get', '/items'],
  ['post', '/pause'],
  ['post', '/resume'],
  ['post', '/cancel'],
] as const)('%s of a bulk that is not there: %s', async (method, path) => {
  const response = await request(api.app)[method](`/v1/bulk/4711${path}`).set(serviceKey)
  expect([response.status, response.body]).toMatchObject([404, { code: 'not_found' }])
})
