import { findActiveOverride, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

describe('200', () => {
  const api = useApi()

  test.each([
    ['query', '?dryRun=true', { force: true, reason: 'try' }],
    ['body', '', { force: true, reason: 'try', dryRun: true }],
  ])('a dry run asked for in the %s tells the effect and changes nothing', async (_where, query, body) => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const before = await findWant(api.db, userId)
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/provision${query}`)
      .set(serviceKey)
      .send(body)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      effect: 'override',
      dry_run: true,
      wanted_version: null,
      job_id: null,
    })
    expect(await findWant(api.db, userId)).toEqual(before)
    expect(await findActiveOverride(api.db, userId)).toBeNull()
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
    expect(await api.queues.provision.getDeduplicationJobId(userId)).toBeNull()
  })
})

describe('202', () => {
  const api = useApi()

  test('agreeing with the tier: a want, a job, an audit row', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const operator = '99999999-9999-4999-8999-999999999999'
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/provision`)
      .set(await bearer('operator', { sub: operator }))
      .set('x-request-id', 'req-7')
      .send({ reason: 'customer called' })
    expect(response.status).toBe(202)
    expect(response.body).toEqual({
      user_id: userId,
      effect: 'work',
      dry_run: false,
      status: null,
      fly_app_name: null,
      wanted_version: 2,
      job_id: expect.any(String),
    })
    expect(await findWant(api.db, userId)).toMatchObject({ wantedVersion: 2, source: 'operator' })
    const { job_id: jobId } = response.body as { job_id: string }
    expect((await api.queues.provision.getJob(jobId))?.data).toEqual({ userId })
    expect(await listAudit(api.db, { userId, limit: 10 })).toEqual([
      expect.objectContaining({
        actor: `user:${operator}`,
        action: 'app.provision',
        reason: 'customer called',
        requestId: 'req-7',
        before: { status: null, override: null },
        after: { effect: 'work', wantedVersion: 2 },
      }),
    ])
  })

  test('a body is not needed', async () => {
    const { userId } = await createUser(api.db, { tier: 'elite' })
    const app = await createAppRow(api.db, userId)
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/provision`)
      .set(await bearer('operator'))
    expect(response.status).toBe(202)
    expect(response.body).toMatchObject({ status: 'active', fly_app_name: app.flyAppName })
  })

  test('an admin forces it against the tier: the override says who and why', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/provision`)
      .set(await bearer('admin'))
      .send({ force: true, reason: 'beta tester', tier: 'elite' })
    expect(response.status).toBe(202)
    expect(response.body).toMatchObject({ effect: 'override' })
    expect(await findActiveOverride(api.db, userId)).toMatchObject({
      desired: 'on',
      guest: { cpuKind: 'shared', cpus: 2, memoryMb: 1024 },
      reason: 'beta tester',
      actor: expect.stringMatching(/^user:/),
    })
  })
})

describe('403', () => {
  const api = useApi()

  test.each(['provision', 'deprovision'])(
    'an operator acts, but only an admin forces: %s',
    async (action) => {
      const { userId } = await createUser(api.db, { tier: action === 'provision' ? 'free' : 'pro' })
      const response = await request(api.app)
        .post(`/v1/apps/${userId}/${action}`)
        .set(await bearer('operator'))
        .send({ force: true, reason: 'because' })
      expect(response.status).toBe(403)
      expect(response.body).toMatchObject({ code: 'forbidden', needed_role: 'admin' })
      expect(await findActiveOverride(api.db, userId)).toBeNull()
    },
  )
})

describe('404', () => {
  const api = useApi()

  test.each(['provision', 'deprovision', 'retry'])('%s of a user nobody has heard of', async (action) => {
    const userId = randomUUID()
    const response = await request(api.app).post(`/v1/apps/${userId}/${action}`).set(serviceKey)
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'unknown_user' })
    expect(await findWant(api.db, userId)).toBeNull()
  })
})

describe('409', () => {
  const api = useApi()

  test.each([
    ['a free user', { tier: 'free' }, {}, 'tier free'],
    [
      'a user whose subscription ended',
      { tier: 'pro', status: 'canceled' },
      {},
      'tier pro, subscription canceled',
    ],
    ['another tier than theirs', { tier: 'pro' }, { tier: 'elite' }, 'asked for tier elite, but tier pro'],
    ['a user without a subscription', { tier: null }, {}, 'no subscription row'],
  ])('%s: refused, with the reason, and nothing is written', async (_name, user, body, detail) => {
    const { userId } = await createUser(api.db, user)
    const before = await findWant(api.db, userId)
    const response = await request(api.app).post(`/v1/apps/${userId}/provision`).set(serviceKey).send(body)
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({ code: 'entitlement_conflict', detail })
    expect(await findWant(api.db, userId)).toEqual(before)
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  })
})

describe('422', () => {
  const api = useApi()

  test.each<[string, string, object]>([
    ['provision', 'reason', { force: true }],
    ['provision', 'reason', { force: true, reason: '   ' }],
    ['provision', 'reason', { reason: 'x'.repeat(501) }],
    ['provision', 'reason', { force: true, reason: 'a\u0000b' }],
    ['provision', 'force', { force: 'yes' }],
    ['provision', 'dryRun', { dryRun: 1 }],
    ['provision', 'tier', { tier: '' }],
    ['provision', 'tier', { tier: 'platinum', force: true, reason: 'a size nobody configured' }],
    ['deprovision', 'reason', { force: true }],
    ['retry', 'reason', { reason: 7 }],
  ])('%s: %s in %j', async (action, field, body) => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const response = await request(api.app).post(`/v1/apps/${userId}/${action}`).set(serviceKey).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
  })

  test.each(['provision', 'deprovision', 'retry'])(
    '%s: a field that does not exist is refused',
    async (action) => {
      const { userId } = await createUser(api.db, { tier: 'free' })
      const response = await request(api.app)
        .post(`/v1/apps/${userId}/${action}`)
        .set(serviceKey)
        .send({ froce: true })
      expect(response.status).toBe(422)
      expect(response.text).toContain('froce')
    },
  )
})
