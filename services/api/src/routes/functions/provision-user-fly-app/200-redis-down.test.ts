import { findWant } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi({ redis: 'down' })

test('with Redis away the want is in Postgres, and the relay will make the job', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await request(api.app)
    .post('/functions/v1/provision-user-fly-app')
    .set(serviceKey)
    .send({ user_id: userId, tier: 'pro' })
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({ success: true, job_id: null })
  expect(await findWant(api.db, userId)).toMatchObject({ wantedVersion: 2, source: 'manual' })
})

test('a sweep of all health has nowhere else to be: 503', async () => {
  const response = await request(api.app).post('/functions/v1/check-fly-apps-health').set(serviceKey)
  expect(response.status).toBe(503)
  expect(response.body).toMatchObject({ code: 'redis_unavailable' })
})
