import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi({ redis: 'down' })

test('Redis is away: no worker can be asked', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await request(api.app).get(`/v1/apps/${userId}/plan`).set(serviceKey)
  expect(response.status).toBe(503)
  expect(response.body).toMatchObject({ code: 'redis_unavailable' })
})

test('a dry run still tells the effect', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  await createAppRow(api.db, userId)
  const response = await request(api.app).post(`/v1/apps/${userId}/deprovision?dryRun=true`).set(serviceKey)
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({ effect: 'work', inspection: null })
})
