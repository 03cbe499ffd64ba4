import { insertAudit, insertEvent } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

describe('200', () => {
  const api = useApi()

  type Entry = { key: string; kind: string; name: string; attempt: string | null; fly: object | null }
  type Page = { items: Entry[]; next_cursor: string | null }

  async function read(userId: string, query: object = {}): Promise<Page> {
    const response = await request(api.app)
      .get(`/v1/apps/${userId}/timeline`)
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Page
  }

  test('from what was wanted to what Fly said, newest first', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const { id } = await createAppRow(api.db, userId)
    const event = (eventType: string, metadata: object = {}, status: 'success' | 'failed' = 'success') =>
      insertEvent(api.db, {
        userFlyAppId: id,
        userId,
        eventType,
        status,
        metadata: { ...metadata },
        actor: 'worker-1',
      })
    await event('provision_started', { fence: 7 })
    await event('provision_machine_started', { fence: 7, attempt: 1 })
    await event(
      'provision_retried',
      { fence: 7, attempt: 1, fly_request_id: '01J-x', fly_status: 503 },
      'failed',
    )
    await insertAudit(api.db, {
      actor: 'user:1',
      action: 'app.retry',
      userId,
      reason: 'now',
      requestId: 'r1',
    })
    await event('provision_completed', { fence: 9, attempt: 1 })
    await event('health_check_failed', {}, 'failed')
    await event('drift_found')

    const { items } = await read(userId)
    expect(items.map(({ kind, name, attempt }) => [kind, name, attempt])).toEqual([
      ['drift', 'drift_found', null],
      ['health', 'health_check_failed', null],
      ['attempt', 'provision_completed', '9.1'],
      ['act', 'app.retry', null],
      ['failure', 'provision_retried', '7.1'],
      ['step', 'provision_machine_started', '7.1'],
      ['attempt', 'provision_started', '7'],
      ['want', 'trigger', null],
    ])
    expect(items[4]?.fly).toEqual({ request_id: '01J-x', status: 503 })
    expect(items[3]).toMatchObject({ message: 'now', actor: 'user:1', details: { request_id: 'r1' } })
    expect(items[7]).toMatchObject({ key: 'want:1', details: { wanted_version: 1 } })

    const seen: string[] = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: Page = await read(userId, { limit: 3, ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...page.items.map(({ key }) => key))
      cursor = page.next_cursor
    }
    expect(seen).toEqual(items.map(({ key }) => key))
  })

  test('a user to whom nothing has happened has an empty one', async () => {
    const { userId } = await createUser(api.db, { tier: null })
    expect(await read(userId)).toEqual({ items: [], next_cursor: null })
  })
})

describe('404', () => {
  const api = useApi()

  test.each(['timeline', 'health', 'costs'])('the %s of a user nobody has heard of', async (what) => {
    const response = await request(api.app).get(`/v1/apps/${randomUUID()}/${what}`).set(serviceKey)
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'unknown_user' })
  })
})

describe('422', () => {
  const api = useApi()
  const cursor = (text: string) => `timeline?cursor=${Buffer.from(text).toString('base64url')}`

  test.each([
    [cursor('yesterday event 1'), 'query.cursor'],
    [cursor('2026-03-01 00:00:00+00 alert 1'), 'query.cursor'],
    [cursor("2026-03-01 00:00:00+00 event 1'"), 'query.cursor'],
    ['timeline?limit=0', 'query.limit'],
    ['health?hours=0', 'query.hours'],
    ['health?hours=745', 'query.hours'],
    ['health?days=1', 'query'],
    ['costs?days=367', 'query.days'],
    ['costs?days=all', 'query.days'],
  ])('%s', async (what, field) => {
    const response = await request(api.app).get(`/v1/apps/${randomUUID()}/${what}`).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
  })
})
