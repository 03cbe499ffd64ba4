import { listBulks } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['deprovision', {}],
  ['deprovision', { dryRun: true }],
  ['provision', { force: true }],
])('%s with %j takes an admin', async (action, more) => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const response = await request(api.app)
    .post('/v1/bulk')
    .set(await bearer('operator'))
    .send({ action, user_ids: [userId], reason: 'r', ...more })
  expect([response.status, response.body]).toMatchObject([403, { needed_role: 'admin' }])
  expect(await listBulks(api.db, { limit: 1 })).toEqual([])
})
