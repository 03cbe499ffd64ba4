import { findActiveOverride, findWant, insertOverride, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

describe('200', () => {
  const api = useApi()
  const put = (userId: string, body: object, query = '') =>
    request(api.app).put(`/v1/apps/${userId}/override${query}`).set(serviceKey).send(body)

  test.each([
    ['?dryRun=true', {}],
    ['', { dryRun: true }],
  ])('a dry run (%s, %j) says what would be in force, and changes nothing', async (query, body) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await put(userId, { desired: 'off', reason: 'try', ...body }, query)
    expect([response.status, response.body]).toMatchObject([
      200,
      {
        effect: 'override',
        dry_run: true,
        wanted_version: null,
        job_id: null,
        override: { desired: 'off', reason: 'try' },
        inspection: { question: { override: { desired: 'off', guest: null } } },
      },
    ])
    expect(await findActiveOverride(api.db, userId)).toBeNull()
    expect((await findWant(api.db, userId))?.wantedVersion).toBe(1)
    expect(await listAudit(api.db, { userId, limit: 5 })).toEqual([])
  })

  test('said twice, it is one word: the second changes nothing', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const wish = { desired: 'on', guest: { cpuKind: 'shared', cpus: 1, memoryMb: 256 }, reason: 'a gift' }
    expect((await put(userId, wish)).status).toBe(202)
    const again = await put(userId, wish)
    expect([again.status, again.body]).toMatchObject([
      200,
      { effect: 'nothing', override: { reason: 'a gift' } },
    ])
    expect(await listAudit(api.db, { userId, limit: 5 })).toHaveLength(1)
  })
})

describe('202', () => {
  const api = useApi()
  const ADA = '99999999-9999-4999-8999-999999999999'

  async function put(userId: string, body: object, role: 'operator' | 'admin' = 'admin') {
    return request(api.app)
      .put(`/v1/apps/${userId}/override`)
      .set(await bearer(role, { sub: ADA }))
      .set('x-request-id', 'req-1')
      .send(body)
  }

  const later = () => new Date(Date.parse('2099-01-01T00:00:00Z'))

  test('a size and a region of its own, until a day: in force, audited, wanted, and the lane is woken', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const guest = { cpuKind: 'shared', cpus: 4, memoryMb: 2048 }
    const wish = { desired: 'on', guest, region: 'fra', expires_at: later().toISOString() }
    const response = await put(userId, { ...wish, reason: 'a gift' })
    expect(response.status).toBe(202)
    expect(response.body).toMatchObject({
      effect: 'override',
      dry_run: false,
      wanted_version: 2,
      override: { ...wish, reason: 'a gift', actor: `user:${ADA}` },
    })
    const { job_id: jobId } = response.body as { job_id: string }
    expect(await api.queues.provision.getDeduplicationJobId(userId)).toBe(jobId)
    expect(await findActiveOverride(api.db, userId)).toMatchObject({
      desired: 'on',
      guest,
      expiresAt: later(),
    })
    expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
      {
        actor: `user:${ADA}`,
        action: 'override.set',
        reason: 'a gift',
        requestId: 'req-1',
        before: { override: null },
        after: { override: { desired: 'on', region: 'fra' }, wantedVersion: 2 },
      },
    ])
  })

  test('in the place of the one before; twenty at once leave one, and no failure', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await put(userId, { desired: 'on', reason: 'first' })
    const wishes = Array.from({ length: 20 }, (_, n) => put(userId, { desired: 'off', reason: `no ${n}` }))
    const statuses = new Set((await Promise.all(wishes)).map(({ status }) => status))
    expect([...statuses]).toEqual([202])
    const last = await put(userId, { desired: 'off', reason: 'the last' })
    expect(last.body).toMatchObject({ override: { desired: 'off', reason: 'the last' } })
    const { job_id: jobId } = last.body as { job_id: string }
    expect(await api.queues.deprovision.getDeduplicationJobId(userId)).toBe(jobId)
    expect((await findActiveOverride(api.db, userId))?.reason).toBe('the last')
  })

  test('an operator pauses a user, and what they have stays as it is', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, userId)
    const response = await put(userId, { desired: 'paused', reason: 'looking into it' }, 'operator')
    expect([response.status, response.body]).toMatchObject([202, { override: { desired: 'paused' } }])
    expect((await findWant(api.db, userId))?.wantedVersion).toBe(2)
  })
})

describe('403', () => {
  const api = useApi()

  async function put(userId: string, desired: string) {
    return request(api.app)
      .put(`/v1/apps/${userId}/override`)
      .set(await bearer('operator'))
      .send({ desired, reason: 'r' })
  }

  test.each(['on', 'off'])('to switch %s takes an admin', async (desired) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await put(userId, desired)
    expect([response.status, response.body]).toMatchObject([403, { needed_role: 'admin' }])
    expect(await findActiveOverride(api.db, userId)).toBeNull()
  })

  test('and so does a pause in the place of what an admin has said: with it, that would be forgotten', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'r', actor: 'user:ada' }))
    expect((await put(userId, 'paused')).status).toBe(403)
    expect((await findActiveOverride(api.db, userId))?.desired).toBe('on')
  })
})

describe('404', () => {
  const api = useApi()

  test.each(['put', 'delete'] as const)('%s of a user nobody has heard of', async (method) => {
    const response = await request(api.app)
      [method](`/v1/apps/${randomUUID()}/override`)
      .set(serviceKey)
      .send({ reason: 'r', ...(method === 'put' ? { desired: 'off' } : {}) })
    expect([response.status, response.body]).toMatchObject([404, { code: 'unknown_user' }])
  })
})

describe('409', () => {
  const api = useApi()
  const path = (userId: string) => `/v1/apps/${userId}/override`
  const put = (userId: string, body: object) =>
    request(api.app)
      .put(path(userId))
      .set(serviceKey)
      .send({ desired: 'off', reason: 'r', ...body })

  const insert = (userId: string) =>
    api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'paused', reason: 'before', actor: 'user:1' }))

  test('another word than the one that was seen: nothing is changed, and what is there now is told', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const none = await put(userId, { expected_override_id: 7 })
    expect([none.status, none.body]).toMatchObject([409, { code: 'override_changed', override: null }])
    const { id } = await insert(userId)
    const body = { expected_override_id: null }
    const remove = request(api.app).delete(path(userId)).set(serviceKey)
    for (const response of [await put(userId, body), await remove.send({ ...body, reason: 'r' })])
      expect([response.status, response.body]).toMatchObject([
        409,
        { code: 'override_changed', override: { id, desired: 'paused', reason: 'before', actor: 'user:1' } },
      ])
    expect((await findActiveOverride(api.db, userId))?.id).toBe(id)
    expect(await listAudit(api.db, { userId, limit: 5 })).toEqual([])
  })

  test('the word that was seen, by its id: changed, and ended', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await insert(userId)
    const user = await request(api.app).get(`/v1/apps/${userId}`).set(serviceKey)
    const { id } = (user.body as { override: { id: number } }).override
    const changed = await put(userId, { expected_override_id: id })
    expect(changed.status).toBe(202)
    const { override } = changed.body as { override: { id: number } }
    const ended = await request(api.app)
      .delete(path(userId))
      .set(serviceKey)
      .send({ reason: 'r', expected_override_id: override.id })
    expect([ended.status, ended.body]).toMatchObject([202, { override: null }])
  })

  test('ten at once who have seen the same: one is followed', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) => put(userId, { reason: `r${n}`, expected_override_id: null })),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([202, ...Array.from({ length: 9 }, () => 409)])
    expect(await listAudit(api.db, { userId, limit: 20 })).toHaveLength(1)
  })
})

describe('422', () => {
  const api = useApi()
  const size = (cpuKind: string, cpus: number, memoryMb: number) => ({ guest: { cpuKind, cpus, memoryMb } })

  test.each<[string, object]>([
    ['desired', { desired: 'maybe' }],
    ['reason', { desired: 'off', reason: ' ' }],
    ['guest', { desired: 'on', ...size('shared', 3, 1024) }],
    ['guest', { desired: 'on', ...size('performance', 2, 2048) }],
    ['guest', { desired: 'on', ...size('shared', 1, 300) }],
    ['guest.cpus', { desired: 'on', ...size('shared', 0, 256) }],
    ['desired', { desired: 'off', ...size('shared', 1, 256) }],
    ['desired', { desired: 'paused', region: 'iad' }],
    ['region', { desired: 'on', region: 'IAD' }],
    ['expires_at', { desired: 'on', expires_at: 'tomorrow' }],
    ['expires_at', { desired: 'on', expires_at: '2020-01-01T00:00:00Z' }],
    ['body', { desired: 'on', until: '2099-01-01T00:00:00Z' }],
  ])('%s in %j', async (field, body) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await request(api.app)
      .put(`/v1/apps/${userId}/override`)
      .set(serviceKey)
      .send({ reason: 'r', ...body })
    expect([response.status, response.body]).toMatchObject([
      422,
      { errors: expect.arrayContaining([expect.objectContaining({ field })]) },
    ])
    expect((await findWant(api.db, userId))?.wantedVersion).toBe(1)
  })
})
