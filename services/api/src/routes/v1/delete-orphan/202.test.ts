import { findOrphan, listAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

const api = useApi()
const ADMIN = '99999999-9999-4999-8999-999999999999'

test('an admin asks: written down with its reason, once, and a scan is woken', async () => {
  const { userId } = await createOrphan(api.db, 'vyx-user-a')
  const ask = async (reason: string, sub?: string) =>
    request(api.app)
      .post('/v1/orphans/vyx-user-a/delete')
      .set(await bearer('admin', sub === undefined ? {} : { sub }))
      .set('x-request-id', 'req-9')
      .send({ reason })
  const response = await ask('left over from a test', ADMIN)
  expect(response.status).toBe(202)
  expect(response.body).toMatchObject({ app_name: 'vyx-user-a', delete_requested_by: `user:${ADMIN}` })
  expect((await ask('me too')).status).toBe(202)

  expect(await findOrphan(api.db, 'vyx-user-a')).toMatchObject({
    state: 'found',
    deleteRequestedBy: `user:${ADMIN}`,
  })
  expect(await listAudit(api.db, { limit: 5 })).toEqual([
    expect.objectContaining({
      actor: `user:${ADMIN}`,
      action: 'orphan.delete',
      userId,
      reason: 'left over from a test',
      requestId: 'req-9',
      after: expect.objectContaining({ app_name: 'vyx-user-a' }),
    }),
  ])
  const jobs = await api.queues.sweep.getJobs(['waiting'])
  expect(jobs.map((job) => job.name)).toEqual(['orphans'])
})
