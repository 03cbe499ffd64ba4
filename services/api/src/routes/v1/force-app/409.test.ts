import { findForcedAction, findWant, insertOverride, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

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
    detail: expect.stringMatching(/limbo.*POST \/v1\/apps\/{user_id}\/deprovision.*with force and a reason/),
  })
  const said = await post('deprovision', { force: true, reason: 'they have left' })
  expect([said.status, said.body]).toMatchObject([202, { effect: 'override' }])
  expect((await post('force', { action: 'abandon', reason: 'because' })).status).toBe(202)
})
