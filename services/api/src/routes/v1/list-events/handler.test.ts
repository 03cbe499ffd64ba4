import { insertEvent } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()
  const users: string[] = []

  type Page = {
    items: { id: number; user_id: string; event_type: string; created_at: string }[]
    next_cursor: string | null
  }

  async function list(query: object = {}): Promise<Page> {
    const response = await request(api.app)
      .get('/v1/events')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Page
  }

  const types = async (query: object) => (await list(query)).items.map((event) => event.event_type)

  beforeAll(async () => {
    for (let n = 0; n < 2; n += 1) {
      const { userId } = await createUser(api.db)
      const { id } = await createAppRow(api.db, userId)
      users.push(userId)
      for (const [eventType, status] of [
        ['provision_started', 'started'],
        ['provision_failed', 'failed'],
        ['provision_completed', 'success'],
      ] as const)
        await insertEvent(api.db, { userFlyAppId: id, userId, eventType, status, actor: 'worker-1' })
    }
  })

  test('of all users, newest first, page by page', async () => {
    const first = await list({ limit: 4 })
    const second = await list({ limit: 4, cursor: first.next_cursor })
    const all = [...first.items, ...second.items]
    expect(all.map(({ user_id: userId }) => userId)).toEqual([
      users[1],
      users[1],
      users[1],
      users[0],
      users[0],
      users[0],
    ])
    expect(second.next_cursor).toBeNull()
  })

  test('by type, by status, by user, and all of it together', async () => {
    expect(await types({ type: 'provision_failed' })).toEqual(['provision_failed', 'provision_failed'])
    expect(await types({ type: 'provision_failed,provision_started', user_id: users[0] })).toEqual([
      'provision_failed',
      'provision_started',
    ])
    expect(await types({ status: 'failed,skipped' })).toEqual(['provision_failed', 'provision_failed'])
    expect(await types({ status: 'success', type: 'provision_failed' })).toEqual([])
    expect(await types({ type: 'no_such_type' })).toEqual([])
  })

  test('since a moment: that one and what came after it', async () => {
    const { items } = await list()
    const third = items[2]
    expect((await list({ since: third?.created_at })).items.map(({ id }) => id)).toEqual(
      // Events of one millisecond are told together: the address has no more places.
      items.filter((event) => event.created_at >= (third?.created_at ?? '')).map(({ id }) => id),
    )
    expect(await types({ since: '2099-01-01T00:00:00Z' })).toEqual([])
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['type', { type: "x' or 1=1" }],
    ['type', { type: '' }],
    ['status', { status: 'bad' }],
    ['user_id', { user_id: 'bob' }],
    ['since', { since: 'yesterday' }],
    ['since', { since: '2026-02-31T00:00:00Z' }],
    ['cursor', { cursor: 'x' }],
    ['limit', { limit: -1 }],
  ])('%s in %j', async (field, query) => {
    for (const path of ['/v1/events', '/v1/audit']) {
      const asked =
        path === '/v1/audit' && (field === 'type' || field === 'status') ? { action: 'a b' } : query
      const response = await request(api.app).get(path).query(asked).set(serviceKey)
      expect(response.status).toBe(422)
      expect(response.body).toMatchObject({
        errors: [{ field: `query.${'action' in asked ? 'action' : field}` }],
      })
    }
  })
})
