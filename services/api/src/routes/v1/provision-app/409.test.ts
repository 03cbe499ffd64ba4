import { findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['a free user', { tier: 'free' }, {}, 'tier free'],
  [
    'a user whose subscription ended',
    { tier: 'pro', status: 'canceled' },
    {},
    'tier pro, subscription canceled',
  ],
  ['another tier than theirs', { tier: 'pro' }, { tier: 'elite' }, 'asked for tier elite, but tier pro'],
  ['a user without a subscription', { tier: null }, {}, 'no subscription row'],
])('%s: refused, with the reason, and nothing is written', async (_name, user, body, detail) => {
  const { userId } = await createUser(api.db, user)
  const before = await findWant(api.db, userId)
  const response = await request(api.app).post(`/v1/apps/${userId}/provision`).set(serviceKey).send(body)
  expect(response.status).toBe(409)
  expect(response.body).toMatchObject({ code: 'entitlement_conflict', detail })
  expect(await findWant(api.db, userId)).toEqual(before)
  expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
})
