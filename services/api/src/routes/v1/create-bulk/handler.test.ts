import { randomUUID } from 'node:crypto'
import {
  engageBrake,
  findBulk,
  findWant,
  listAudit,
  listBulkItems,
  listBulks,
  listBurstApprovals,
  listForgottenBulks,
  raiseWant,
} from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()
  const preview = (body: object) =>
    request(api.app)
      .post('/v1/bulk?dryRun=true')
      .set(serviceKey)
      .send({ reason: 'a look', ...body })

  test('the preview: whom it would be done to, who is left out and why, what it costs and how long it takes', async () => {
    const { userId: pro, email } = await createUser(api.db, { tier: 'pro' })
    const { userId: elite, email: elitesEmail } = await createUser(api.db, { tier: 'elite' })
    const { userId: up } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, up)
    const { userId: free } = await createUser(api.db, { tier: 'free' })
    const response = await preview({ action: 'provision', user_ids: [elite, pro, up, free] })
    expect(response.status).toBe(200)
    expect(response.body).toEqual({
      action: 'provision',
      total: 4,
      eligible: 2,
      eligible_users: [
        { user_id: elite, email: elitesEmail },
        { user_id: pro, email },
      ],
      ineligible: [
        { user_id: up, code: 'already_active', text: 'the app is up already' },
        { user_id: free, code: 'entitlement_conflict', text: 'tier free' },
      ],
      ineligible_by_code: { already_active: 1, entitlement_conflict: 1 },
      per_minute: 60,
      eta_seconds: 62,
      monthly_cost_change_usd: '13.00',
      held_by: null,
      burst: null,
    })
    expect(await listBulks(api.db, { limit: 1 })).toEqual([])
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
    expect(await api.queues.bulk.getJobCountByTypes('waiting')).toBe(0)
  })

  test('the first hundred of those to be asked are named, in their order; one without a profile too', async () => {
    const ids: string[] = [randomUUID()]
    await api.db.transaction().execute((tx) => raiseWant(tx, ids[0] ?? '', 'operator'))
    while (ids.length < 102) ids.push((await createUser(api.db, { tier: 'pro' })).userId)
    const user_ids = [...ids].sort((a, b) => (a < b ? 1 : -1))
    const response = await preview({ action: 'provision', user_ids, force: true })
    type Named = { eligible: number; eligible_users: { user_id: string; email: string | null }[] }
    const { eligible, eligible_users: named } = response.body as Named
    expect(eligible).toBe(102)
    expect(named.map(({ user_id: id }) => id)).toEqual(user_ids.slice(0, 100))
    for (const { user_id: id, email } of named) expect(email === null).toBe(id === ids[0])
  })

  test('of teardowns: what is saved, and whether so many would be a burst', async () => {
    const ids: string[] = []
    for (let n = 0; n < 21; n++) {
      const { userId } = await createUser(api.db, { tier: 'pro' })
      await createAppRow(api.db, userId, { monthlyCostEstimateUsd: '6.00' })
      ids.push(userId)
    }
    const all = await preview({ action: 'deprovision', user_ids: ids })
    expect(all.body).toMatchObject({ eligible: 0, burst: { usual: 20, needs_approval: false } })
    const forced = await preview({ action: 'deprovision', user_ids: ids, force: true })
    expect(forced.body).toMatchObject({
      eligible: 21,
      monthly_cost_change_usd: '-126.00',
      burst: { usual: 20, needs_approval: true },
    })
  })

  test('nobody at all, and a brake in the way: both are told, not refused', async () => {
    await engageBrake(api.db, 'operator', { by: 'ada', reason: 'lunch' })
    const response = await preview({ action: 'deprovision', user_ids: [randomUUID()] })
    expect([response.status, response.body]).toMatchObject([
      200,
      { eligible: 0, ineligible_by_code: { unknown_user: 1 }, held_by: 'operator', eta_seconds: null },
    ])
  })
})

describe('202', () => {
  const api = useApi()

  async function create(body: object, role: 'operator' | 'admin' = 'operator') {
    return request(api.app)
      .post('/v1/bulk')
      .set(await bearer(role))
      .set('x-request-id', 'req-7')
      .send({ reason: 'a test', ...body })
  }

  type Created = { bulk_id: number; bulk: Record<string, unknown> }

  test('written down with an item for each, those who are left out too, and the worker is woken; nobody is asked yet', async () => {
    const { userId: pro } = await createUser(api.db, { tier: 'pro' })
    const { userId: free } = await createUser(api.db, { tier: 'free' })
    const nobody = randomUUID()
    const ids = [pro, free, pro.toUpperCase(), nobody]
    const response = await create({ action: 'provision', user_ids: ids, per_minute: 30 })
    expect(response.status).toBe(202)
    const { bulk_id: id, bulk } = response.body as Created
    expect(bulk).toMatchObject({
      id,
      action: 'provision',
      state: 'running',
      total: 3,
      counts: { waiting: 1, asked: 0, done: 0, failed: 0, skipped: 2 },
      per_minute: 30,
      eta_seconds: 62,
      ended_at: null,
    })
    const items = await listBulkItems(api.db, id, { limit: 10 })
    expect(items.map(({ userId, state, code }) => [userId, state, code])).toEqual([
      [pro, 'waiting', null],
      [free, 'skipped', 'entitlement_conflict'],
      [nobody, 'skipped', 'unknown_user'],
    ])
    expect((await findWant(api.db, pro))?.wantedVersion).toBe(1)
    const [job] = await api.queues.bulk.getJobs(['waiting'])
    expect(job?.data).toEqual({ bulkId: id })
    expect(await listForgottenBulks(api.db, 0)).toEqual([id])
    expect(await listAudit(api.db, { limit: 1 })).toMatchObject([
      {
        action: 'bulk.create',
        reason: 'a test',
        requestId: 'req-7',
        after: { bulkId: id, total: 3, eligible: 1 },
      },
    ])
  })

  test('by filter: whom the list of apps shows', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, userId, { status: 'error', retryCount: 4 })
    const { userId: other } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, other)
    const response = await create({ action: 'retry', filter: { status: 'error' } })
    const { bulk_id: id } = response.body as Created
    expect((await listBulkItems(api.db, id, { limit: 10 })).map((item) => item.userId)).toEqual([userId])
  })

  test('a burst of teardowns that is counted and meant is approved with it', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    await createAppRow(api.db, userId)
    const body = { action: 'deprovision', user_ids: [userId], approve_burst: true }
    const response = await create(body, 'admin')
    const { bulk } = response.body as Created
    const [approval] = await listBurstApprovals(api.db, { limit: 1 })
    expect(approval).toMatchObject({ id: bulk['burst_approval_id'], approved: 1, used: 0, reason: 'a test' })
  })

  test('ten thousand users', async () => {
    const ids: string[] = Array.from({ length: 10_000 }, () => randomUUID())
    const { userId } = await createUser(api.db, { tier: 'pro' })
    ids[9_999] = userId
    const response = await create({ action: 'retry', user_ids: ids, expected_eligible: 1 })
    expect(response.status).toBe(202)
    const { bulk_id: id } = response.body as Created
    expect((await findBulk(api.db, id))?.counts).toMatchObject({ waiting: 1, skipped: 9_999 })
  })
})

describe('403', () => {
  const api = useApi()

  test.each([
    ['deprovision', {}],
    ['deprovision', { dryRun: true }],
    ['provision', { force: true }],
  ])('%s with %j takes an admin', async (action, more) => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const response = await request(api.app)
      .post('/v1/bulk')
      .set(await bearer('operator'))
      .send({ action, user_ids: [userId], reason: 'r', ...more })
    expect([response.status, response.body]).toMatchObject([403, { needed_role: 'admin' }])
    expect(await listBulks(api.db, { limit: 1 })).toEqual([])
  })
})

describe('409', () => {
  const api = useApi()
  const create = (body: object) =>
    request(api.app)
      .post('/v1/bulk')
      .set(serviceKey)
      .send({ action: 'retry', reason: 'r', ...body })

  test('where it could be done to nobody, or to another number than the preview said, nothing is written', async () => {
    const pointless = await create({ user_ids: [randomUUID()] })
    expect([pointless.status, pointless.body]).toMatchObject([409, { code: 'bulk_pointless' }])
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const changed = await create({ user_ids: [userId], expected_eligible: 2 })
    expect([changed.status, changed.body]).toMatchObject([409, { code: 'bulk_changed', eligible: 1 }])
    expect(await listBulks(api.db, { limit: 1 })).toEqual([])
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
  })
})

describe('413', () => {
  const api = useApi()

  test('more than any list of ids weighs', async () => {
    const response = await request(api.app)
      .post('/v1/bulk')
      .set(serviceKey)
      .send({ action: 'retry', reason: 'x'.repeat(1_100_000) })
    expect(response.status).toBe(413)
  })
})

describe('422', () => {
  const api = useApi()
  const ids = [randomUUID()]

  test.each<[string, object]>([
    ['action', { action: 'restart', user_ids: ids }],
    ['action', { action: 'migrate', user_ids: ids }],
    ['user_ids', { action: 'retry' }],
    ['user_ids', { action: 'retry', user_ids: ids, filter: {} }],
    ['user_ids', { action: 'retry', user_ids: [] }],
    ['user_ids', { action: 'retry', user_ids: Array.from({ length: 10_001 }, () => randomUUID()) }],
    ['user_ids.0', { action: 'retry', user_ids: ['me'] }],
    ['filter', { action: 'retry', filter: { colour: 'red' } }],
    ['filter.status', { action: 'retry', filter: { status: 'asleep' } }],
    ['per_minute', { action: 'retry', user_ids: ids, per_minute: 0 }],
    ['per_minute', { action: 'retry', user_ids: ids, per_minute: 1e9 }],
    ['force', { action: 'retry', user_ids: ids, force: true }],
    ['approve_burst', { action: 'provision', user_ids: ids, approve_burst: true }],
  ])('%s in %j', async (field, body) => {
    const response = await request(api.app)
      .post('/v1/bulk')
      .set(serviceKey)
      .send({ reason: 'r', ...body })
    expect([response.status, response.body]).toMatchObject([422, { errors: [{ field }] }])
  })
})
