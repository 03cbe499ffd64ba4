import { findOrphan, findWant, listAudit, requestOrphanDeletion } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

const api = useApi()

async function adopt(appName: string, query = '') {
  return request(api.app)
    .post(`/v1/orphans/${appName}/adopt${query}`)
    .set(await bearer('operator'))
    .send({ reason: 'restored from a backup' })
}

test('its user is looked at now, and a wish to delete it is taken back; a dry run does nothing of it', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const appName = 'vyx-user-lost'
  await createOrphan(api.db, appName, { kind: 'unknown_name', userId })
  await api.db.transaction().execute((tx) => requestOrphanDeletion(tx, appName, 'user:ada'))

  const dry = await adopt(appName, '?dryRun=true')
  expect([dry.status, dry.body]).toMatchObject([
    200,
    { dry_run: true, user_id: userId, wanted_version: null },
  ])
  expect((await findOrphan(api.db, appName))?.deleteRequestedBy).toBe('user:ada')
  expect((await findWant(api.db, userId))?.wantedVersion).toBe(1)

  const response = await adopt(appName)
  expect([response.status, response.body]).toMatchObject([
    202,
    { dry_run: false, wanted_version: 2, orphan: { app_name: appName, delete_requested_by: null } },
  ])
  const { job_id: jobId } = response.body as { job_id: string }
  expect(await api.queues.provision.getDeduplicationJobId(userId)).toBe(jobId)
  expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
    { action: 'orphan.adopt', reason: 'restored from a backup', before: { app_name: appName } },
  ])
})
