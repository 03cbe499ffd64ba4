import { findActiveOverride, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const put = (userId: string, body: object, query = '') =>
  request(api.app).put(`/v1/apps/${userId}/override${query}`).set(serviceKey).send(body)

test.each([
  ['?dryRun=true', {}],
  ['', { dryRun: true }],
])('a dry run (%s, %j) says what would be in force, and changes nothing', async (query, body) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await put(userId, { desired: 'off', reason: 'try', ...body }, query)
  expect([response.status, response.body]).toMatchObject([
    200,
    {
      effect: 'override',
      dry_run: true,
      wanted_version: null,
      job_id: null,
      override: { desired: 'off', reason: 'try' },
      inspection: { question: { override: { desired: 'off', guest: null } } },
    },
  ])
  expect(await findActiveOverride(api.db, userId)).toBeNull()
  expect((await findWant(api.db, userId))?.wantedVersion).toBe(1)
  expect(await listAudit(api.db, { userId, limit: 5 })).toEqual([])
})

test('said twice, it is one word: the second changes nothing', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const wish = { desired: 'on', guest: { cpuKind: 'shared', cpus: 1, memoryMb: 256 }, reason: 'a gift' }
  expect((await put(userId, wish)).status).toBe(202)
  const again = await put(userId, wish)
  expect([again.status, again.body]).toMatchObject([
    200,
    { effect: 'nothing', override: { reason: 'a gift' } },
  ])
  expect(await listAudit(api.db, { userId, limit: 5 })).toHaveLength(1)
})
