import { findOrphan, listAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

const api = useApi()

test('one whose machines do not agree whose they are: no worker could ever prove it ours', async () => {
  await createOrphan(api.db, 'vyx-user-a', { kind: 'unknown_name', userId: null, generation: null })
  const response = await request(api.app)
    .post('/v1/orphans/vyx-user-a/delete')
    .set(serviceKey)
    .send({ reason: 'billed for nothing' })
  expect(response.status).toBe(409)
  expect(response.body).toMatchObject({
    code: 'orphan_not_provable',
    detail: expect.stringContaining('do not agree whose they are'),
  })
  expect((await findOrphan(api.db, 'vyx-user-a'))?.deleteRequestedBy).toBeNull()
  expect(await listAudit(api.db, { limit: 1 })).toEqual([])
})
