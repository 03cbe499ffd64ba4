import { engageBrake, listEngaged } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each<[string, string, object]>([
  ['operator', 'reason', {}],
  ['operator', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: -1 }],
  ['operator', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: 1.5 }],
  ['operator', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: 1441 }],
  ['restored', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: 1 }],
  ['all', 'path.name', { reason: 'x' }],
])('%s: %s in %j', async (name, field, body) => {
  await engageBrake(api.db, 'operator', { by: 'test', reason: 'stays' })
  const response = await request(api.app).post(`/v1/brakes/${name}/release`).set(serviceKey).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
  expect(await listEngaged(api.db)).toEqual(['operator'])
})
