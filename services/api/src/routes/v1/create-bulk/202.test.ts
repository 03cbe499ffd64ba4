import {
  findBulk,
  findWant,
  listAudit,
  listBulkItems,
  listBurstApprovals,
  listForgottenBulks,
} from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

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
