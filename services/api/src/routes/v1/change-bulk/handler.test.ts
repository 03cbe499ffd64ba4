import {
  approveBurst,
  endBulkIfOver,
  findBulk,
  listAudit,
  listBulkItems,
  listBurstApprovals,
} from '@hangar/db'
import { DEFAULT_POLICY } from '@hangar/core'
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'
import { createBulk } from '../../../testing/bulks.ts'

describe('200', () => {
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
})

describe('403', () => {
  const api = useApi()

  test('an operator may stop what an admin has begun, and not go on with it', async () => {
    const id = await createBulk(api.db, [randomUUID()], { action: 'deprovision' })
    const say = async (verb: string) =>
      request(api.app)
        .post(`/v1/bulk/${id}/${verb}`)
        .set(await bearer('operator'))
    expect((await say('pause')).status).toBe(200)
    const response = await say('resume')
    expect([response.status, response.body]).toMatchObject([403, { needed_role: 'admin' }])
    expect((await findBulk(api.db, id))?.state).toBe('paused')
  })
})

describe('404', () => {
  const api = useApi()

  test.each([
    ['get', ''],
    ['get', '/items'],
    ['post', '/pause'],
    ['post', '/resume'],
    ['post', '/cancel'],
  ] as const)('%s of a bulk that is not there: %s', async (method, path) => {
    const response = await request(api.app)[method](`/v1/bulk/4711${path}`).set(serviceKey)
    expect([response.status, response.body]).toMatchObject([404, { code: 'not_found' }])
  })
})

describe('409', () => {
  const api = useApi()
  const say = (id: number, verb: string) => request(api.app).post(`/v1/bulk/${id}/${verb}`).set(serviceKey)

  test('one that is over is neither paused nor resumed nor cancelled, a cancelled one not begun again', async () => {
    const left = { userId: randomUUID(), code: 'unknown_user', detail: 'd' }
    const over = await createBulk(api.db, [], { items: [left] })
    expect(await endBulkIfOver(api.db, over)).toBe(true)
    const cancelled = await createBulk(api.db, [randomUUID()])
    await say(cancelled, 'cancel')
    const before = await listAudit(api.db, { limit: 10 })
    for (const [id, verb] of [
      [over, 'pause'],
      [over, 'resume'],
      [over, 'cancel'],
      [cancelled, 'pause'],
      [cancelled, 'resume'],
    ] as const) {
      const response = await say(id, verb)
      expect([response.status, response.body]).toMatchObject([409, { code: 'bulk_over' }])
    }
    expect(await listAudit(api.db, { limit: 10 })).toEqual(before)
  })
})
