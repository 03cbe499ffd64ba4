import { findOrphan, listAudit, requestOrphanDeletion } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

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
