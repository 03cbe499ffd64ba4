import { insertEvent } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

describe('200', () => {
  const api = useApi()

  type Page = { items: { event_type: string; metadata: object }[]; next_cursor: string | null }

  test("a user's events over all their apps, newest first, page by page", async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    const types = ['provision_started', 'provision_app_created', 'provision_completed']
    for (const eventType of types)
      await insertEvent(api.db, {
        userFlyAppId: app.id,
        userId,
        eventType,
        status: 'success',
        metadata: { step: eventType },
        actor: 'worker-1',
      })
    const url = `/v1/apps/${userId}/events`
    const first = await request(api.app).get(url).query({ limit: 2 }).set(serviceKey)
    expect(first.status).toBe(200)
    const firstPage = first.body as Page
    const cursor = firstPage.next_cursor
    const second = await request(api.app).get(url).query({ limit: 2, cursor }).set(serviceKey)
    const secondPage = second.body as Page
    expect([...firstPage.items, ...secondPage.items].map((event) => event.event_type)).toEqual(
      types.toReversed(),
    )
    expect(secondPage.next_cursor).toBeNull()
    expect(firstPage.items[0]).toMatchObject({
      user_fly_app_id: app.id,
      status: 'success',
      metadata: { step: 'provision_completed' },
      actor: 'worker-1',
    })
  })

  test('a user to whom nothing has happened has an empty list', async () => {
    const { userId } = await createUser(api.db)
    const response = await request(api.app).get(`/v1/apps/${userId}/events`).set(serviceKey)
    expect(response.body).toEqual({ items: [], next_cursor: null })
  })
})

describe('422', () => {
  const api = useApi()
  const encoded = (text: string) => Buffer.from(text).toString('base64url')

  test.each(['0', '-1', '1.5', '1e3', 'abc', '99999999999999999999', '1 or 1=1'])(
    'a cursor of %s',
    async (key) => {
      const response = await request(api.app)
        .get(`/v1/apps/${randomUUID()}/events`)
        .query({ cursor: encoded(key) })
        .set(serviceKey)
      expect(response.status).toBe(422)
      expect(response.body).toMatchObject({ errors: [{ field: 'query.cursor' }] })
    },
  )
})
