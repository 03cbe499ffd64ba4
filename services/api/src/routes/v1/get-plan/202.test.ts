import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('no worker answers in time: where the answer will be', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await request(api.app).get(`/v1/apps/${userId}/plan`).set(serviceKey)
  expect(response.status).toBe(202)
  const { id } = response.body as { id: string }
  expect(response.body).toMatchObject({ state: 'waiting', result: null, url: `/v1/inspections/${id}` })
  expect(await api.queues.inspect.getJob(id)).toMatchObject({ data: { requestId: id } })
  const fetched = await request(api.app).get(`/v1/inspections/${id}`).set(serviceKey)
  expect(fetched.status).toBe(200)
  expect(fetched.body).toMatchObject({ id, state: 'waiting' })
})
