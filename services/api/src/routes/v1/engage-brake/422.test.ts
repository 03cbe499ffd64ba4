import { listEngaged } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each<[string, string, object]>([
  ['operator', 'reason', {}],
  ['operator', 'reason', { reason: '  ' }],
  ['hand', 'path.name', { reason: 'no such brake' }],
])('%s: %s in %j', async (name, field, body) => {
  const response = await request(api.app).post(`/v1/brakes/${name}/engage`).set(serviceKey).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
  expect(await listEngaged(api.db)).toEqual([])
})
