import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { postWebhook, subscriptionEvent, useApi } from '../../testing/harness.ts'

const api = useApi({ redis: 'down' })

test('with Redis away a delivery is still accepted, in time: Postgres has the work', async () => {
  const startedAt = performance.now()
  for (let delivery = 0; delivery < 20; delivery += 1) {
    const response = await postWebhook(api, subscriptionEvent(randomUUID()))
    expect(response.status).toBe(202)
    expect(response.body).toEqual({ status: 'postponed' })
  }
  // The sender gives up after 5 s on one; twenty together stay far below that.
  expect(performance.now() - startedAt).toBeLessThan(5000)
})

test('the replica stays in the load balancer, and says that it is slower', async () => {
  const response = await request(api.app).get('/readyz')
  expect(response.status).toBe(200)
  expect(response.body).toEqual({ status: 'degraded', checks: { database: 'ok', redis: 'failed' } })
})
