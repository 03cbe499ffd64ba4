import { findActiveOverride, insertOverride, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const path = (userId: string) => `/v1/apps/${userId}/override`
const put = (userId: string, body: object) =>
  request(api.app)
    .put(path(userId))
    .set(serviceKey)
    .send({ desired: 'off', reason: 'r', ...body })

const insert = (userId: string) =>
  api.db
    .transaction()
    .execute((tx) => insertOverride(tx, { userId, desired: 'paused', reason: 'before', actor: 'user:1' }))

test('another word than the one that was seen: nothing is changed, and what is there now is told', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const none = await put(userId, { expected_override_id: 7 })
  expect([none.status, none.body]).toMatchObject([409, { code: 'override_changed', override: null }])
  const { id } = await insert(userId)
  const body = { expected_override_id: null }
  const remove = request(api.app).delete(path(userId)).set(serviceKey)
  for (const response of [await put(userId, body), await remove.send({ ...body, reason: 'r' })])
    expect([response.status, response.body]).toMatchObject([
      409,
      { code: 'override_changed', override: { id, desired: 'paused', reason: 'before', actor: 'user:1' } },
    ])
  expect((await findActiveOverride(api.db, userId))?.id).toBe(id)
  expect(await listAudit(api.db, { userId, limit: 5 })).toEqual([])
})

test('the word that was seen, by its id: changed, and ended', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await insert(userId)
  const user = await request(api.app).get(`/v1/apps/${userId}`).set(serviceKey)
  const { id } = (user.body as { override: { id: number } }).override
  const changed = await put(userId, { expected_override_id: id })
  expect(changed.status).toBe(202)
  const { override } = changed.body as { override: { id: number } }
  const ended = await request(api.app)
    .delete(path(userId))
    .set(serviceKey)
    .send({ reason: 'r', expected_override_id: override.id })
  expect([ended.status, ended.body]).toMatchObject([202, { override: null }])
})

test('ten at once who have seen the same: one is followed', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, n) => put(userId, { reason: `r${n}`, expected_override_id: null })),
  )
  expect(all.map(({ status }) => status).sort()).toEqual([202, ...Array.from({ length: 9 }, () => 409)])
  expect(await listAudit(api.db, { userId, limit: 20 })).toHaveLength(1)
})
