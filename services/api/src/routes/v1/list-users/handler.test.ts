import { createUser } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()
  const ids: Record<string, string> = {}

  type Page = { items: { user_id: string; email: string; app: object | null }[]; next_cursor: string | null }

  async function list(query: object = {}): Promise<Page> {
    const response = await request(api.app)
      .get('/v1/users')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Page
  }

  const found = async (query: object) => (await list(query)).items.map(({ email }) => email).sort()

  beforeAll(async () => {
    for (const [name, tier] of [
      ['ada', 'pro'],
      ['bob', 'free'],
      ['cleo', null],
    ] as const)
      ids[name] = (await createUser(api.db, { tier, email: `${name}@example.test` })).userId
    await createAppRow(api.db, ids['ada'] ?? '', { flyAppName: 'vyx-user-analytic' })
    await createAppRow(api.db, ids['bob'] ?? '', { status: 'deleted', deletedAt: 'now' })
  })

  test('a user without an app is found, and one with an app shows it', async () => {
    const { items, next_cursor: next } = await list({ q: 'BOB@' })
    expect(items).toEqual([
      {
        user_id: ids['bob'],
        email: 'bob@example.test',
        tier: 'free',
        subscription_status: 'active',
        app: null,
      },
    ])
    expect(next).toBeNull()
    expect((await list({ q: 'analytic' })).items).toMatchObject([
      {
        user_id: ids['ada'],
        app: { id: expect.any(String), status: 'active', fly_app_name: 'vyx-user-analytic' },
      },
    ])
  })

  test('by id, by the beginning of one, by tier, by having an app', async () => {
    expect(await found({ q: ids['cleo']?.toUpperCase() })).toEqual(['cleo@example.test'])
    expect(await found({ q: ids['ada']?.slice(0, 13) })).toEqual(['ada@example.test'])
    expect(await found({ tier: 'Pro,free' })).toEqual(['ada@example.test', 'bob@example.test'])
    expect(await found({ has_app: true })).toEqual(['ada@example.test'])
    expect(await found({ has_app: false })).toEqual(['bob@example.test', 'cleo@example.test'])
    expect(await found({ q: '%' })).toEqual([])
  })

  test('page by page, in the order of their ids', async () => {
    const first = await list({ limit: 2 })
    const second = await list({ limit: 2, cursor: first.next_cursor })
    expect([...first.items, ...second.items].map((user) => user.user_id)).toEqual(Object.values(ids).sort())
    expect(second.next_cursor).toBeNull()
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['query.limit', { limit: 201 }],
    ['query.cursor', { cursor: 'bm8' }],
    ['query.has_app', { has_app: 'perhaps' }],
    ['query.tier', { tier: 'a b' }],
    ['query.q', { q: '' }],
    ['query', { sort: 'email' }],
  ])('%s in %j', async (field, query) => {
    const response = await request(api.app).get('/v1/users').query(query).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
  })
})
