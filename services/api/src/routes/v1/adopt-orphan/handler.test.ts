import { findOrphan, findWant, listAudit, requestOrphanDeletion } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

describe('202', () => {
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
})

describe('404', () => {
  const api = useApi()

  test('there is no orphan of that name', async () => {
    const response = await request(api.app)
      .post('/v1/orphans/vyx-user-none/adopt')
      .set(serviceKey)
      .send({ reason: 'r' })
    expect([response.status, response.body]).toMatchObject([404, { code: 'not_found' }])
  })
})

describe('409', () => {
  const api = useApi()
  const LOST = 'unknown_name'

  async function refusalOf(appName: string) {
    await api.db.transaction().execute((tx) => requestOrphanDeletion(tx, appName, 'user:ada'))
    const response = await request(api.app)
      .post(`/v1/orphans/${appName}/adopt`)
      .set(serviceKey)
      .send({ reason: 'r' })
    expect([response.status, response.body]).toMatchObject([409, { code: 'orphan_not_adoptable' }])
    // What was wished before stands.
    expect((await findOrphan(api.db, appName))?.deleteRequestedBy).toBe('user:ada')
    expect(await listAudit(api.db, { limit: 5 })).toEqual([])
    return (response.body as { detail: string }).detail
  }

  test('what the engine would never take up is refused, and says why', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createOrphan(api.db, 'vyx-user-a', { kind: 'dead_row', userId })
    expect(await refusalOf('vyx-user-a')).toContain('never used twice')
    await createOrphan(api.db, 'vyx-user-b', { kind: LOST, userId: null, generation: null })
    expect(await refusalOf('vyx-user-b')).toContain('do not agree')
    await createOrphan(api.db, 'vyx-user-c', { kind: LOST, userId, network: 'another' })
    expect(await refusalOf('vyx-user-c')).toContain('network')

    const { userId: free } = await createUser(api.db, { tier: 'free' })
    await createOrphan(api.db, 'vyx-user-d', { kind: LOST, userId: free })
    expect(await refusalOf('vyx-user-d')).toContain('tier free')

    const { userId: again } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, again, { status: 'deleted', deletedAt: 'now' }, 2)
    await createOrphan(api.db, 'vyx-user-e', { kind: LOST, userId: again, generation: 1 })
    expect(await refusalOf('vyx-user-e')).toContain('newer')
    await createAppRow(api.db, again, {}, 3)
    expect(await refusalOf('vyx-user-e')).toContain('deprovision that first')
  })
})
