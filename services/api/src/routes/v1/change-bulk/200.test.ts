import { approveBurst, findBulk, listAudit, listBulkItems, listBurstApprovals } from '@hangar/db'
import { DEFAULT_POLICY } from '@hangar/core'
import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'
import { createBulk } from '../../../testing/bulks.ts'

const api = useApi()

async function say(id: number, verb: string, query = '') {
  return request(api.app)
    .post(`/v1/bulk/${id}/${verb}${query}`)
    .set(await bearer('operator'))
    .send({ reason: 'because' })
}

test('paused, resumed and cancelled, each once, audited, and the worker is woken', async () => {
  const id = await createBulk(api.db, [randomUUID(), randomUUID()])
  const paused = await say(id, 'pause')
  expect([paused.status, paused.body]).toMatchObject([
    200,
    { changed: true, dry_run: false, bulk: { state: 'paused', eta_seconds: null } },
  ])
  expect((await say(id, 'pause')).body).toMatchObject({ changed: false, bulk: { state: 'paused' } })
  expect((await say(id, 'resume')).body).toMatchObject({ changed: true, bulk: { state: 'running' } })
  expect((await say(id, 'resume')).body).toMatchObject({ changed: false })
  expect((await say(id, 'cancel')).body).toMatchObject({
    changed: true,
    bulk: { state: 'cancelled', counts: { waiting: 0, skipped: 2 } },
  })
  expect((await say(id, 'cancel')).body).toMatchObject({ changed: false })
  const [item] = await listBulkItems(api.db, id, { limit: 1 })
  expect(item).toMatchObject({ state: 'skipped', code: 'cancelled' })
  const audit = await listAudit(api.db, { limit: 10 })
  expect(audit.map(({ action, reason }) => [action, reason])).toEqual([
    ['bulk.cancel', 'because'],
    ['bulk.resume', 'because'],
    ['bulk.pause', 'because'],
  ])
  expect(await api.queues.bulk.getDeduplicationJobId(String(id))).not.toBeNull()
})

test('a dry run says how it would be, and leaves it as it is', async () => {
  const id = await createBulk(api.db, [randomUUID()])
  const response = await say(id, 'cancel', '?dryRun=true')
  expect(response.body).toMatchObject({ changed: true, dry_run: true, bulk: { state: 'cancelled' } })
  expect(await findBulk(api.db, id)).toMatchObject({ state: 'running', counts: { waiting: 1 } })
})

test('the burst that was approved for it ends with it: nobody else is to use it up', async () => {
  const { approval } = await api.db
    .transaction()
    .execute((tx) =>
      approveBurst(tx, { count: 2, reason: 'r', actor: 'a', expiresInMs: 60_000 }, DEFAULT_POLICY),
    )
  const ids = [randomUUID(), randomUUID()]
  const id = await createBulk(api.db, ids, { action: 'deprovision', burstApprovalId: approval.id })
  await say(id, 'cancel')
  expect(await listBurstApprovals(api.db, { limit: 1 })).toMatchObject([{ id: approval.id, expired: true }])
})
