import { createDatabase } from '@hangar/db'
import { freePort } from '@hangar/testkit'
import { afterAll, expect, test } from '@jest/globals'
import request from 'supertest'
import { postWebhook, serviceKey, subscriptionEvent, useApi } from '../../testing/harness.ts'

const nowhere = `postgres://hangar:a-password@127.0.0.1:${await freePort()}/hangar`
const db = createDatabase({ connectionString: nowhere, applicationName: 'test' })
const api = useApi({ deps: { db } })
const stopping = new AbortController()
const ending = useApi({ deps: { stopping: stopping.signal } })
afterAll(() => db.destroy())

test('without its database the replica is alive but not ready', async () => {
  expect((await request(api.app).get('/healthz')).status).toBe(200)
  const response = await request(api.app).get('/readyz')
  expect(response.status).toBe(503)
  expect(response.body).toEqual({ status: 'not ready', checks: { database: 'failed', redis: 'ok' } })
})

test('a replica that is about to end says so while it still answers', async () => {
  stopping.abort()
  expect((await request(ending.app).get('/healthz')).status).toBe(200)
  const response = await request(ending.app).get('/readyz')
  expect(response.status).toBe(503)
  expect(response.body).toEqual({ status: 'not ready', checks: { database: 'ok', redis: 'ok' } })
})

test('what needs the database says so, when to come back, and nothing about where it is', async () => {
  const response = await request(api.app).get('/v1/apps').set(serviceKey)
  expect(response.status).toBe(503)
  expect(response.headers['retry-after']).toBe('2')
  expect(response.body).toMatchObject({ code: 'database_unavailable' })
  expect(response.text).not.toMatch(/127\.0\.0\.1|password|at .*\.ts/)
})

test('a webhook does not need it', async () => {
  const body = subscriptionEvent('11111111-1111-1111-1111-111111111111')
  expect((await postWebhook(api, body)).status).toBe(202)
})
