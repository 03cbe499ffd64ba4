import { randomUUID } from 'node:crypto'
import { findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const call = (userId: string) =>
  request(api.app).post('/functions/v1/check-user-app-health').set(serviceKey).send({ user_id: userId })

test('what is known, and a worker is asked to look again', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId, { healthStatus: 'unhealthy', lastHealthCheck: 'now' })
  const response = await call(userId)
  expect(response.status).toBe(200)
  expect(response.body).toEqual({
    success: true,
    user_id: userId,
    status: 'active',
    fly_app_name: app.flyAppName,
    job_id: expect.any(String),
    health_status: 'unhealthy',
    last_health_check: app.lastHealthCheck?.toISOString(),
  })
  expect(await findWant(api.db, userId)).toMatchObject({ source: 'health', wantedVersion: 2 })
  await call(userId)
  const [job, ...more] = await api.queues.inspect.getJobs('waiting')
  expect(job?.data).toEqual({ healthOf: userId })
  expect(more).toEqual([])
  expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
    { action: 'health.check' },
    { action: 'health.check' },
  ])
})

test('a user without an app has no health, and nothing is written', async () => {
  const userId = randomUUID()
  const response = await call(userId)
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({
    success: true,
    status: 'deleted',
    job_id: null,
    health_status: 'unknown',
  })
  expect(await findWant(api.db, userId)).toBeNull()
})

test.each([{}, { user_id: null }])('without a user, %j, every app is looked at', async (body) => {
  const response = await request(api.app)
    .post('/functions/v1/check-user-app-health')
    .set(serviceKey)
    .send(body)
  expect(response.status).toBe(200)
  expect(response.body).toEqual({
    success: true,
    user_id: null,
    status: 'queued',
    fly_app_name: null,
    job_id: null,
    health_status: null,
    last_health_check: null,
  })
  expect(await api.queues.health.getJobCountByTypes('waiting')).toBe(1)
  expect(await listAudit(api.db, { limit: 1 })).toMatchObject([{ action: 'health.check_all' }])
})
