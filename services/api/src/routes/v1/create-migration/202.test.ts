import { findWant, listAudit, listBulkItems, listForgottenBulks } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

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
  const response = await create({ user_ids: [randomUUID(), a, b, a, c], wave_size: 2, expected_eligible: 3 })
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
