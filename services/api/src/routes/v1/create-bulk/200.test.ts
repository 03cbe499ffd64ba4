import { randomUUID } from 'node:crypto'
import { engageBrake, listAudit, listBulks, raiseWant } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

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
