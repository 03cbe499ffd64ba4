/** One key, sent again and again: over a real mutation of /v1, with the rows it leaves. */
import { randomUUID } from 'node:crypto'
import { listAlerts, listAudit, raiseAlert } from '@hangar/db'
import { createUser, waitFor } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../testing/harness.ts'

const api = useApi()

type Headers = Record<string, string>

function retry(userId: string, headers: Headers, body: object = {}) {
  return request(api.app).post(`/v1/apps/${userId}/retry`).set(serviceKey).set(headers).send(body)
}

test('the same request again: the same answer, and nothing is done twice', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const key = { 'idempotency-key': randomUUID() }
  const first = await retry(userId, key, { reason: 'once' })
  const second = await retry(userId, key, { reason: 'once' })
  expect(first.status).toBe(202)
  expect([second.status, second.body]).toEqual([202, first.body])
  expect(await listAudit(api.db, { userId, limit: 5 })).toHaveLength(1)
})

test('twenty at once: one is carried out, and the others wait their turn or get its answer', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const key = { 'idempotency-key': randomUUID() }
  const answers = await Promise.all(Array.from({ length: 20 }, () => retry(userId, key)))
  const codes = new Set(
    answers.map(({ status, body }) => `${status} ${(body as { code?: string }).code ?? ''}`),
  )
  expect([...codes].sort().filter((one) => one !== '409 idempotency_in_flight')).toEqual(['202 '])
  expect(await listAudit(api.db, { userId, limit: 5 })).toHaveLength(1)
})

test('whoever was so slow that another was let in carries nothing out; under one request id as well', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const headers = { 'idempotency-key': randomUUID(), 'x-request-id': 'one-for-all-tries' }
  const waiting = async (count: number) =>
    waitFor(
      async () => {
        const { rows } = await sql`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(api.db)
        return rows.length === count
      },
      { what: `${count} to wait` },
    )
  const [slow, next] = await api.db.transaction().execute(async (tx) => {
    await sql`lock table hangar.user_wants in exclusive mode`.execute(tx)
    const first = retry(userId, headers).then((response) => response)
    await waiting(1)
    await sql`update hangar.idempotency_keys set locked_until = hangar.now()`.execute(api.db)
    const second = retry(userId, headers).then((response) => response)
    await waiting(2)
    return [first, second].map((one) => ({ one }))
  })
  expect(await slow?.one).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } })
  const done = await next?.one
  expect(done?.status).toBe(202)
  expect(await listAudit(api.db, { userId, limit: 5 })).toHaveLength(1)
  expect((await retry(userId, headers)).body).toEqual(done?.body)
})

test.each<[string, object, string]>([
  ['another body', { reason: 'another' }, ''],
  ['another address', { reason: 'once' }, '?dryRun=true'],
])('%s under the same key is refused', async (_what, body, query) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const key = { 'idempotency-key': randomUUID() }
  await retry(userId, key, { reason: 'once' })
  const response = await request(api.app)
    .post(`/v1/apps/${userId}/retry${query}`)
    .set(serviceKey)
    .set(key)
    .send(body)
  expect([response.status, response.body]).toMatchObject([422, { code: 'idempotency_mismatch' }])
  expect(await listAudit(api.db, { userId, limit: 5 })).toHaveLength(1)
})

test('two callers may have the same key', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const key = { 'idempotency-key': 'mine' }
  await retry(userId, key)
  const other = await request(api.app)
    .post(`/v1/apps/${userId}/retry`)
    .set(await bearer('operator'))
    .set(key)
    .send({ reason: 'mine' })
  expect(other.status).toBe(202)
  expect(await listAudit(api.db, { userId, limit: 5 })).toHaveLength(2)
})

test('what was refused is forgotten: the same key does what it asks for as soon as it can be done', async () => {
  const userId = randomUUID()
  const key = { 'idempotency-key': randomUUID() }
  expect((await retry(userId, key)).status).toBe(404)
  await createUser(api.db, { userId, tier: 'pro' })
  expect((await retry(userId, key)).status).toBe(202)
})

test('an endpoint without a body has keys too', async () => {
  await raiseAlert(api.db, { kind: 'outbox_lag', subject: '', severity: 'warning', message: 'm' })
  const [alert] = await listAlerts(api.db, { limit: 1 })
  const acknowledge = () =>
    request(api.app)
      .post(`/v1/alerts/${alert!.id}/acknowledge`)
      .set(serviceKey)
      .set('idempotency-key', 'seen')
  const first = await acknowledge()
  expect(first.status).toBe(200)
  expect((await acknowledge()).body).toEqual(first.body)
})

test.each(['with a space', 'x'.repeat(256), 'tab\there'])('%j is no key', async (key) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await retry(userId, { 'idempotency-key': key })
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field: 'header.idempotency-key' }] })
  expect(await listAudit(api.db, { userId, limit: 5 })).toEqual([])
})

test('reading takes no key: it is ignored', async () => {
  const read = () => request(api.app).get('/v1/settings').set(serviceKey).set('idempotency-key', 'a b')
  expect((await read()).status).toBe(200)
})
