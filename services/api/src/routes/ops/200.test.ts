import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { postWebhook, serviceKey, subscriptionEvent, useApi } from '../../testing/harness.ts'

const api = useApi()

test('/healthz and /readyz', async () => {
  expect((await request(api.app).get('/healthz')).body).toEqual({ status: 'ok' })
  const ready = await request(api.app).get('/readyz')
  expect(ready.status).toBe(200)
  expect(ready.body).toEqual({ status: 'ok', checks: { database: 'ok', redis: 'ok' } })
})

test('/metrics counts webhooks by outcome and times requests by route, never by address', async () => {
  const userId = randomUUID()
  await postWebhook(api, subscriptionEvent(userId))
  await request(api.app).get(`/v1/apps/${userId}`).set(serviceKey)
  await request(api.app).get(`/scan/${userId}`)
  const { text } = await request(api.app).get('/metrics')
  expect(text).toContain('hangar_webhooks_total{outcome="woken"} 1')
  expect(text).toContain('hangar_webhooks_total{outcome="postponed"} 0')
  expect(text).toContain('route="/v1/apps/:userId",status="4xx"')
  expect(text).toContain('route="/webhooks/supabase",status="2xx"')
  expect(text).toContain('route="unmatched",status="4xx"')
  expect(text).not.toContain(userId)
})
