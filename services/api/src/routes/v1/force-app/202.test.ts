import { findForcedAction, findWant, insertOverride, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

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
