import { findActiveOverride, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['query', '?dryRun=true', { force: true, reason: 'try' }],
  ['body', '', { force: true, reason: 'try', dryRun: true }],
])('a dry run asked for in the %s tells the effect and changes nothing', async (_where, query, body) => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const before = await findWant(api.db, userId)
  const response = await request(api.app)
    .post(`/v1/apps/${userId}/provision${query}`)
    .set(serviceKey)
    .send(body)
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({
    effect: 'override',
    dry_run: true,
    wanted_version: null,
    job_id: null,
  })
  expect(await findWant(api.db, userId)).toEqual(before)
  expect(await findActiveOverride(api.db, userId)).toBeNull()
  expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  expect(await api.queues.provision.getDeduplicationJobId(userId)).toBeNull()
})
