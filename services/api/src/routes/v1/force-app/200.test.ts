import { findForcedAction, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a dry run: what would be asked for is asked of a worker, and nothing else is written', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId)
  const before = await findWant(api.db, userId)
  const response = await request(api.app)
    .post(`/v1/apps/${userId}/force?dryRun=true`)
    .set(serviceKey)
    .send({ action: 'recreate', reason: 'a fresh start' })
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({
    effect: 'work',
    dry_run: true,
    wanted_version: null,
    job_id: null,
    inspection: { user_id: userId, state: 'waiting', question: { forced: 'recreate' } },
  })
  expect(await findForcedAction(api.db, app.id)).toBeNull()
  expect(await findWant(api.db, userId)).toEqual(before)
  expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
})
