import { findForcedAction, findWant, insertOverride, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

describe('200', () => {
  const api = useApi()

  test('a dry run: what would be asked for is asked of a worker, and nothing else is written', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    const before = await findWant(api.db, userId)
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/force?dryRun=true`)
      .set(serviceKey)
      .send({ action: 'recreate', reason: 'a fresh start' })
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      effect: 'work',
      dry_run: true,
      wanted_version: null,
      job_id: null,
      inspection: { user_id: userId, state: 'waiting', question: { forced: 'recreate' } },
    })
    expect(await findForcedAction(api.db, app.id)).toBeNull()
    expect(await findWant(api.db, userId)).toEqual(before)
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  })
})

describe('202', () => {
  const api = useApi()
  const force = (userId: string, body: object) =>
    request(api.app).post(`/v1/apps/${userId}/force`).set(serviceKey).send(body)

  test('the drain of an app that is ending is skipped: recorded, audited, wanted, and the lane is woken', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const app = await createAppRow(api.db, userId, { status: 'deprovisioning', teardownStartedAt: 'now' })
    const before = (await findWant(api.db, userId))?.wantedVersion ?? 0
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/force`)
      .set(await bearer('admin'))
      .send({ action: 'skip_drain', reason: 'the app hangs' })
    expect(response.status).toBe(202)
    expect(response.body).toMatchObject({
      effect: 'work',
      status: 'deprovisioning',
      wanted_version: before + 1,
    })
    expect(await findForcedAction(api.db, app.id)).toMatchObject({
      action: 'skip_drain',
      reason: 'the app hangs',
      actor: expect.stringMatching(/^user:/),
    })
    const { job_id: jobId } = response.body as { job_id: string }
    expect(await api.queues.deprovision.getDeduplicationJobId(userId)).toBe(jobId)
    expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
      {
        action: 'app.force',
        reason: 'the app hangs',
        before: { status: 'deprovisioning', forced: null },
        after: { appId: app.id, forced: 'skip_drain', wantedVersion: before + 1 },
      },
    ])
  })

  test('asked again, the newer action takes the place of the older, and the log has both', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const app = await createAppRow(api.db, userId, { status: 'deprovisioning', teardownStartedAt: 'now' })
    await force(userId, { action: 'skip_drain', reason: 'it hangs' })
    expect((await force(userId, { action: 'abandon', reason: 'Fly is of no help' })).status).toBe(202)
    expect(await findForcedAction(api.db, app.id)).toMatchObject({
      action: 'abandon',
      reason: 'Fly is of no help',
    })
    expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
      { before: { forced: 'skip_drain', reason: 'it hangs' }, after: { forced: 'abandon' } },
      { before: { forced: null }, after: { forced: 'skip_drain' } },
    ])
  })

  test.each([
    ['recreate', 'pro'],
    ['abandon', 'pro'],
    ['abandon', 'free'],
    ['skip_drain', 'free'],
  ])('%s, at rest, tier %s', async (action, tier) => {
    const { userId } = await createUser(api.db, { tier })
    await createAppRow(api.db, userId)
    expect((await force(userId, { action, reason: 'why not' })).status).toBe(202)
  })

  test('an override in force counts, not the tier', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    await createAppRow(api.db, userId)
    await api.db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'trial', actor: 'user:1' }))
    expect((await force(userId, { action: 'recreate', reason: 'a fresh start' })).status).toBe(202)
  })
})

describe('404', () => {
  const api = useApi()

  test.each([
    ['nobody knows', () => Promise.resolve(randomUUID())],
    ['who has no app', async () => (await createUser(api.db, { tier: 'pro' })).userId],
    [
      'whose app is deleted',
      async () => {
        const { userId } = await createUser(api.db, { tier: 'pro' })
        await createAppRow(api.db, userId, { status: 'deleted', deletedAt: 'now' })
        return userId
      },
    ],
  ])('a user %s', async (_who, make) => {
    const response = await request(api.app)
      .post(`/v1/apps/${await make()}/force`)
      .set(serviceKey)
      .send({ action: 'abandon', reason: 'because' })
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'no_app' })
  })
})

describe('409', () => {
  const api = useApi()
  const ending = { status: 'deprovisioning', teardownStartedAt: 'now' } as const

  test.each([
    ['skip_drain', 'pro', {}, /not ending; deprovision it first/],
    ['recreate', 'pro', ending, /ending already.*skip_drain/],
    ['recreate', 'free', {}, /no next app would follow.*deprovision it instead/],
  ])('%s of a user of tier %s: refused, with what to do instead', async (action, tier, patch, instead) => {
    const { userId } = await createUser(api.db, { tier })
    const app = await createAppRow(api.db, userId, patch)
    const before = await findWant(api.db, userId)
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/force`)
      .set(serviceKey)
      .send({ action, reason: 'because' })
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({ code: 'force_pointless', detail: expect.stringMatching(instead) })
    expect(await findForcedAction(api.db, app.id)).toBeNull()
    expect(await findWant(api.db, userId)).toEqual(before)
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  })

  test.each(['skip_drain', 'recreate', 'abandon'])(
    '%s of a paused user: the pause comes first',
    async (action) => {
      const { userId } = await createUser(api.db, { tier: 'pro' })
      await createAppRow(api.db, userId, ending)
      await api.db
        .transaction()
        .execute((tx) => insertOverride(tx, { userId, desired: 'paused', reason: 'look', actor: 'user:1' }))
      const response = await request(api.app)
        .post(`/v1/apps/${userId}/force`)
        .set(serviceKey)
        .send({ action, reason: 'because' })
      expect(response.status).toBe(409)
      expect(response.body).toMatchObject({ detail: expect.stringContaining('paused by an operator') })
    },
  )

  test('of a user of whom nobody knows what they should have: refused, with a way out that works', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro', status: 'limbo' })
    await createAppRow(api.db, userId, ending)
    const post = (path: string, body: object) =>
      request(api.app).post(`/v1/apps/${userId}/${path}`).set(serviceKey).send(body)
    const refused = await post('force', { action: 'abandon', reason: 'because' })
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({
      detail: expect.stringMatching(
        /limbo.*POST \/v1\/apps\/{user_id}\/deprovision.*with force and a reason/,
      ),
    })
    const said = await post('deprovision', { force: true, reason: 'they have left' })
    expect([said.status, said.body]).toMatchObject([202, { effect: 'override' }])
    expect((await post('force', { action: 'abandon', reason: 'because' })).status).toBe(202)
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['an action nobody knows', { action: 'explode', reason: 'because' }, 'action'],
    ['no action', { reason: 'because' }, 'action'],
    ['no reason', { action: 'abandon' }, 'reason'],
    ['an empty reason', { action: 'abandon', reason: '  ' }, 'reason'],
  ])('%s', async (_what, body, field) => {
    const response = await request(api.app).post(`/v1/apps/${randomUUID()}/force`).set(serviceKey).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
  })
})
