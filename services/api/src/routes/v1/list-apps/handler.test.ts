import { createUser } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { claimLease, finishWork, insertOverride, raiseAlert, raiseWant } from '@hangar/db'

describe('200', () => {
  const api = useApi()
  const list = (query: object) => request(api.app).get('/v1/apps').query(query).set(serviceKey)

  type Page = { items: { id: string; status: string; user_id: string }[]; next_cursor: string | null }

  test('pages hold every live app once, in one order, whatever the size of the page', async () => {
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      const { userId } = await createUser(api.db, { tier: 'pro' })
      ids.push((await createAppRow(api.db, userId)).id)
    }
    const { userId: former } = await createUser(api.db)
    await createAppRow(api.db, former, { status: 'deleted', deletedAt: 'now' })

    const seen: string[] = []
    let cursor: string | null = null
    do {
      const response = await list({ limit: 2, ...(cursor === null ? {} : { cursor }) })
      expect(response.status).toBe(200)
      const page = response.body as Page
      expect(page.items.length).toBeLessThanOrEqual(2)
      seen.push(...page.items.map((item) => item.id))
      cursor = page.next_cursor
    } while (cursor !== null)
    expect(seen).toEqual(ids.sort())
  })

  test('an app is shown in the names of its columns', async () => {
    const response = await list({ limit: 1 })
    const [item] = (response.body as Page).items
    expect(item).toMatchObject({
      generation: 1,
      fly_app_name: expect.stringMatching(/^vyx-user-\w{8}$/),
      status: 'active',
      tier: 'pro',
      cpu_kind: 'shared',
      cpus: 2,
      memory_mb: 512,
      health_status: 'unknown',
      deleted_at: null,
    })
  })

  test('by status', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, userId, { status: 'error', errorCode: 'fly_failed' })
    const response = await list({ status: 'error' })
    expect((response.body as Page).items.map((item) => item.user_id)).toEqual([userId])
  })

  test('a viewer may look', async () => {
    const response = await request(api.app)
      .get('/v1/apps')
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1_000_000 }],
    ['limit', { limit: 'many' }],
    ['limit', { limit: 1.5 }],
    ['cursor', { cursor: 'not-a-cursor' }],
    ['cursor', { cursor: Buffer.from("' or 1=1").toString('base64url') }],
    ['cursor', { cursor: Buffer.from('["x","y","z"]').toString('base64url') }],
    ['cursor', { cursor: 'x'.repeat(1_001) }],
    ['status', { status: 'gone' }],
    ['status', { status: 'ACTIVE' }],
    ['status', { status: 'active,' }],
    ['status', { status: '' }],
    ['health', { health: 'sick' }],
    ['attention', { attention: 'failing,bored' }],
    ['tier', { tier: "pro' or 1=1" }],
    ['region', { region: 'iad,,fra' }],
    ['sort', { sort: 'age' }],
    ['sort', { sort: '--id' }],
    ['q', { q: 'a\u0000b' }],
    ['q', { q: 'x'.repeat(201) }],
  ])('%s in %j', async (field, query) => {
    const response = await request(api.app).get('/v1/apps').query(query).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: `query.${field}` }] })
  })

  test('a filter that does not exist is refused, not ignored', async () => {
    const response = await request(api.app).get('/v1/apps?tire=pro').set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.text).toContain('tire')
  })
})

/** Filters, order and pages together: what a page asks while somebody looks for something. */
describe('filters', () => {
  const api = useApi()

  type Item = Record<string, unknown> & { user_id: string; email: string }
  type Page = { items: Item[]; next_cursor: string | null }

  const names: Record<string, string> = {}

  async function list(query: object = {}): Promise<Page> {
    const response = await request(api.app)
      .get('/v1/apps')
      .query(query)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    return response.body as Page
  }

  /** The users found, by the first letter of their address. */
  const found = async (query: object) =>
    (await list(query)).items.map(({ email }) => email.slice(0, 1)).join('')

  async function make(email: string, patch: Parameters<typeof createAppRow>[2]): Promise<string> {
    const { userId } = await createUser(api.db, { tier: 'pro', email })
    await createAppRow(api.db, userId, patch)
    names[email.slice(0, 1)] = userId
    return userId
  }

  /** The engine has looked at them, and this came of it. */
  async function work(userId: string, result: Parameters<typeof finishWork>[2]): Promise<void> {
    await raiseWant(api.db, userId, 'operator')
    const claimed = await claimLease(api.db, { userId, owner: 'w', ttlMs: 5_000 })
    if (!claimed) throw new Error('somebody holds the lease')
    await finishWork(api.db, claimed.lease, result)
  }

  const failed = (failedAttempts: number) =>
    ({ kind: 'failed', failedAttempts, failedVersion: 9, delayMs: 60_000, reason: 'fly_timeout' }) as const

  beforeAll(async () => {
    const made = '2026-03-0'
    const a = await make('a@one.test', {
      createdAt: new Date(`${made}1`),
      monthlyCostEstimateUsd: '6.00',
    } as never)
    const b = await make('B@one.test', {
      healthStatus: 'unhealthy',
      region: 'fra',
      monthlyCostEstimateUsd: '5.00',
    })
    const c = await make('c@two.test', {
      status: 'error',
      errorCode: 'x',
      tier: 'elite',
      monthlyCostEstimateUsd: '6.00',
    })
    await make('d@two.test', {
      drift: JSON.stringify({ fields: [], seenAt: '' }) as never,
      healthStatus: 'healthy',
    })
    await make('e@two.test', { status: 'deleted', deletedAt: 'now', tier: 'elite' })
    await api.db.transaction().execute((tx) =>
      insertOverride(tx, {
        userId: a,
        desired: 'on',
        reason: 'r',
        actor: 'x',
        expiresAt: new Date('2099-01-01'),
      }),
    )
    await raiseAlert(api.db, { kind: 'stuck', subject: b, severity: 'critical', message: 'm' })
    await work(a, { kind: 'parked', delayMs: 60_000, reason: 'held by the brake operator' })
    await work(b, failed(1))
    await work(c, failed(4))
  })

  describe('filters', () => {
    test.each([
      [{}, 'aBcd'],
      [{ status: 'error' }, 'c'],
      [{ status: 'error,deleted' }, 'ce'],
      [{ status: 'deleted' }, 'e'],
      [{ health: 'unhealthy,healthy' }, 'Bd'],
      [{ tier: 'elite' }, 'c'],
      [{ tier: 'elite', status: 'deleted,error,active' }, 'ce'],
      [{ region: 'fra' }, 'B'],
      [{ q: 'TWO.test' }, 'cd'],
      [{ q: 'b@' }, 'B'],
      [{ q: '%' }, ''],
      [{ q: "' or 1=1 --" }, ''],
      [{ q: 'vyx-user-', tier: 'elite' }, 'c'],
      [{ attention: 'failing' }, 'Bc'],
      [{ attention: 'parked' }, 'ac'],
      [{ attention: 'drift' }, 'd'],
      [{ attention: 'override' }, 'a'],
      [{ attention: 'stuck' }, 'B'],
      [{ attention: 'unhealthy' }, 'B'],
      [{ attention: 'override,drift' }, 'ad'],
      [{ attention: 'unhealthy', q: 'two' }, ''],
      [{ attention: 'failing', status: 'deleted' }, ''],
    ])('%j', async (query, expected) => {
      expect(await found({ ...query, sort: 'email' })).toBe(expected)
    })

    test('by a whole id, and by how one begins', async () => {
      expect(await found({ q: names['c']?.toUpperCase() })).toBe('c')
      expect(await found({ q: names['d']?.slice(0, 18) })).toBe('d')
    })
  })

  test('what somebody who looks at many wants to see of each', async () => {
    const { items } = await list({ sort: 'email' })
    expect(items[0]).toMatchObject({
      email: 'a@one.test',
      override: { desired: 'on', expires_at: '2099-01-01T00:00:00.000Z' },
      attention: ['parked', 'override'],
      wanted_version: 2,
      done_version: 0,
      next_attempt_at: expect.any(String),
      parked_reason: 'held by the brake operator',
    })
    expect(items[1]).toMatchObject({
      override: null,
      attention: ['failing', 'stuck', 'unhealthy'],
      parked_reason: null,
    })
    expect(items[2]).toMatchObject({ attention: ['failing', 'parked'] })
  })

  describe('order', () => {
    test.each([
      ['email', 'aBcd'],
      ['-email', 'dcBa'],
      ['-status', 'c'],
      ['region', 'B'],
      ['-tier', ''],
    ])('%s', async (sort, expected) => {
      const all = await found({ sort })
      expect(all).toHaveLength(4)
      if (expected.length === 4) expect(all).toBe(expected)
      else if (expected !== '') expect(all.startsWith(expected)).toBe(true)
    })

    test.each([
      'id',
      'created_at',
      'updated_at',
      'email',
      'name',
      'status',
      'health',
      'tier',
      'region',
      'cost',
    ])('by %s, either way, page by page: each once, and in one order', async (sort) => {
      for (const direction of ['', '-']) {
        const whole = (await list({ sort: `${direction}${sort}` })).items.map(({ id }) => id)
        const pages: unknown[] = []
        for (let cursor: string | null | undefined; cursor !== null;) {
          const page: Page = await list({
            sort: `${direction}${sort}`,
            limit: 1,
            ...(cursor === undefined ? {} : { cursor }),
          })
          pages.push(...page.items.map(({ id }) => id))
          cursor = page.next_cursor
        }
        expect(pages).toEqual(whole)
        expect(new Set(pages).size).toBe(4)
      }
    })
  })

  test('a cursor is good for its own list only', async () => {
    const { next_cursor: cursor } = await list({ sort: 'email', limit: 1 })
    for (const query of [
      { sort: '-email' },
      { sort: 'email', tier: 'pro' },
      {},
      { sort: 'email', q: 'one' },
    ]) {
      const response = await request(api.app)
        .get('/v1/apps')
        .query({ ...query, cursor })
        .set(await bearer('viewer'))
      expect(response.status).toBe(422)
      expect(response.body).toMatchObject({ errors: [{ field: 'query.cursor' }] })
    }
  })
})
