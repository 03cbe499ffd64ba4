import { appName, DEFAULT_APP_PREFIX } from '@hangar/core'
import {
  engageBrake,
  findInstallationId,
  findWant,
  insertOverride,
  listAudit,
  listBulkItems,
  listBulks,
  listForgottenBulks,
} from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { createMigration } from '../../../testing/bulks.ts'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

describe('200', () => {
  const api = useApi()
  type Planned = { user_id: string; decision: string; code: string | null }
  type Preview = { status: number; body: { users: Planned[] } & Record<string, unknown> }

  async function preview(body: object): Promise<Preview> {
    return request(api.app)
      .post('/v1/migrations?dryRun=true')
      .set(serviceKey)
      .send({ reason: 'a look', ...body })
  }

  const plannedIn = ({ users }: Preview['body']) =>
    users.map(({ user_id: id, decision, code }) => [id, decision, code])

  test('by name: who would get which app, when, at what cost; who is left out and why', async () => {
    const pro = await createUser(api.db, { tier: 'pro' })
    const elite = await createUser(api.db, { tier: 'elite' })
    const up = await createUser(api.db, { tier: 'pro' })
    const upsApp = await createAppRow(api.db, up.userId)
    const free = await createUser(api.db, { tier: 'free' })
    const response = await preview({
      user_ids: [free.userId, elite.userId, up.userId, pro.userId],
      wave_size: 1,
      wave_pause_seconds: 30,
      per_minute: 30,
    })
    const installationId = await findInstallationId(api.db)
    const nameOf = (userId: string) =>
      appName({ prefix: DEFAULT_APP_PREFIX, installationId, userId, generation: 1, candidate: 0 })
    const migrate = { decision: 'migrate', code: null, text: null }
    const skip = { decision: 'skip', wave: null, monthly_cost_usd: null }
    const who = ({ userId, email }: { userId: string; email: string }) => ({ user_id: userId, email })
    expect([response.status, response.body]).toEqual([
      200,
      {
        total: 4,
        eligible: 2,
        ineligible_by_code: { already_active: 1, entitlement_conflict: 1 },
        users: [
          {
            ...who(elite),
            ...migrate,
            ...{ tier: 'elite', wave: 1, app_name: nameOf(elite.userId), monthly_cost_usd: '7.00' },
          },
          {
            ...who(pro),
            ...migrate,
            ...{ tier: 'pro', wave: 2, app_name: nameOf(pro.userId), monthly_cost_usd: '6.00' },
          },
          {
            ...who(free),
            ...skip,
            ...{ tier: 'free', code: 'entitlement_conflict', text: 'tier free', app_name: null },
          },
          {
            ...who(up),
            ...skip,
            ...{ tier: 'pro', code: 'already_active', text: 'the app is up already' },
            app_name: upsApp.flyAppName,
          },
        ],
        waves: 2,
        wave_size: 1,
        wave_pause_seconds: 30,
        stop_on_failure_share: 0.1,
        per_minute: 30,
        eta_seconds: 4 + 2 * 60 + 30,
        monthly_cost_usd: '13.00',
        held_by: null,
      },
    ])
    expect(await listBulks(api.db, { limit: 1 })).toEqual([])
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
  })

  test('of all, or of a tier: those who pay and have no app that is up, and nobody else', async () => {
    const make = async (tier: string, status = 'active') =>
      (await createUser(api.db, { tier, status })).userId
    const pro = await make('pro')
    const elite = await make('elite', 'trialing')
    const failed = await make('pro')
    await createAppRow(api.db, failed, { status: 'error', retryCount: 4 })
    const up = await make('pro')
    await createAppRow(api.db, up)
    const before = await make('pro', 'canceled')
    const unclear = await make('pro', 'on_the_moon')
    const off = await make('pro')
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId: off, desired: 'off', reason: 'r', actor: 'a' }))
    const { body: all } = await preview({ all: true })
    const expected: [string, string, string | null][] = [
      [pro, 'migrate', null],
      [elite, 'migrate', null],
      [failed, 'migrate', null],
      [unclear, 'skip', 'entitlement_conflict'],
      [off, 'skip', 'entitlement_conflict'],
    ]
    const mine = new Set([pro, elite, failed, up, before, unclear, off])
    const sorted = (list: unknown[][]) => list.filter(([id]) => mine.has(String(id))).sort()
    expect(sorted(plannedIn(all))).toEqual(expected.sort())
    const { body: some } = await preview({ tier: 'ELITE' })
    expect(sorted(plannedIn(some))).toEqual([[elite, 'migrate', null]])
  })

  test('who is in another migration that goes on is left out; a brake in the way is told', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createMigration(api.db, [userId])
    await engageBrake(api.db, 'fly_unreachable', { by: 'guards', reason: 'no answer' })
    const { body } = await preview({ user_ids: [userId] })
    expect(plannedIn(body)).toEqual([[userId, 'skip', 'already_migrating']])
    expect(body).toMatchObject({ eligible: 0, waves: 0, held_by: 'fly_unreachable', eta_seconds: null })
  })
})

describe('202', () => {
  const api = useApi()

  let operator: Record<string, string>
  beforeAll(async () => {
    operator = await bearer('operator')
  })

  async function create(body: object, key?: string) {
    return request(api.app)
      .post('/v1/migrations')
      .set(operator)
      .set(key === undefined ? {} : { 'idempotency-key': key })
      .send({ reason: 'the move', ...body })
  }

  type Created = { migration_id: number; migration: Record<string, unknown> }

  test('written down in waves, and the worker is woken; nobody is asked yet', async () => {
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push((await createUser(api.db, { tier: 'pro' })).userId)
    const [a, b, c] = ids as [string, string, string]
    const response = await create({
      user_ids: [randomUUID(), a, b, a, c],
      wave_size: 2,
      expected_eligible: 3,
    })
    const { migration_id: id, migration } = response.body as Created
    expect([response.status, migration]).toEqual([
      202,
      {
        id,
        state: 'running',
        paused_because: null,
        held_by: null,
        counts: { waiting: 3, asked: 0, done: 0, failed: 0, skipped: 1 },
        total: 4,
        wave: 1,
        waves: 2,
        wave_size: 2,
        wave_pause_seconds: 60,
        stop_on_failure_share: 0.1,
        per_minute: 60,
        eta_seconds: 3 + 2 * 60 + 60,
        reason: 'the move',
        created_by: expect.stringContaining('user:'),
        created_at: expect.any(String),
        updated_at: expect.any(String),
        ended_at: null,
      },
    ])
    const items = await listBulkItems(api.db, id, { limit: 9 })
    expect(items.map(({ userId, state }) => [userId, state])).toEqual([
      [a, 'waiting'],
      [b, 'waiting'],
      [c, 'waiting'],
      [expect.any(String), 'skipped'],
    ])
    // The trigger's own.
    expect((await findWant(api.db, a))?.wantedVersion).toBe(1)
    expect(await api.queues.bulk.getDeduplicationJobId(String(id))).not.toBeNull()
    expect(await listForgottenBulks(api.db, 0)).toEqual([id])
    expect(await listAudit(api.db, { limit: 1 })).toMatchObject([
      {
        action: 'migration.create',
        reason: 'the move',
        after: { bulkId: id, whom: 'some', total: 4, eligible: 3 },
      },
    ])
  })

  test('sent twice it is made once; made twice at the same time, each user is in one of them', async () => {
    const ids: string[] = []
    for (let n = 0; n < 4; n++) ids.push((await createUser(api.db, { tier: 'elite' })).userId)
    const key = randomUUID()
    const [first, again] = [
      await create({ user_ids: [ids[0]], expected_eligible: 1 }, key),
      // Who is left by now is another number.
      await create({ user_ids: [ids[0]] }, key),
    ]
    expect(again.body).toEqual(first.body)
    const both = await Promise.all([create({ user_ids: ids }), create({ user_ids: ids })])
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409])
    const made = both.find(({ status }) => status === 202)?.body as Created
    expect(made.migration['counts']).toMatchObject({ waiting: 3, skipped: 1 })
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'bulk_pointless' })
  })
})

describe('409', () => {
  const api = useApi()
  const create = (body: object) =>
    request(api.app)
      .post('/v1/migrations')
      .set(serviceKey)
      .send({ reason: 'r', ...body })

  test('where nobody is to be moved, or another number than the preview said, nothing is written', async () => {
    const pointless = await create({ all: true })
    expect([pointless.status, pointless.body]).toMatchObject([409, { code: 'bulk_pointless' }])
    await createUser(api.db, { tier: 'pro' })
    const changed = await create({ all: true, expected_eligible: 2 })
    expect([changed.status, changed.body]).toMatchObject([409, { code: 'bulk_changed', eligible: 1 }])
    expect(await listBulks(api.db, { limit: 1 })).toEqual([])
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
  })
})

describe('422', () => {
  const api = useApi()

  test.each<[string, object]>([
    ['user_ids', {}],
    ['user_ids', { all: true, tier: 'pro' }],
    ['user_ids', { user_ids: [] }],
    ['user_ids.0', { user_ids: ['me'] }],
    ['all', { all: false }],
    ['tier', { tier: 'free' }],
    ['wave_size', { user_ids: [randomUUID()], wave_size: 0 }],
    ['wave_pause_seconds', { all: true, wave_pause_seconds: -1 }],
    ['stop_on_failure_share', { all: true, stop_on_failure_share: 10 }],
    ['per_minute', { all: true, per_minute: 0 }],
  ])('%s in %j', async (field, body) => {
    const response = await request(api.app)
      .post('/v1/migrations')
      .set(serviceKey)
      .send({ reason: 'r', ...body })
    expect([response.status, response.body]).toMatchObject([422, { errors: [{ field }] }])
  })
})
