import { findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  test('a dry run changes nothing', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const before = await findWant(api.db, userId)
    const response = await request(api.app).post(`/v1/apps/${userId}/retry?dryRun=true`).set(serviceKey)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ effect: 'work', dry_run: true, job_id: null })
    expect(await findWant(api.db, userId)).toEqual(before)
    expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
  })
})

describe('202', () => {
  const api = useApi()

  test.each([
    ['pro', 'provision'],
    ['free', 'deprovision'],
  ] as const)(
    'a failed app of a %s user: the %s lane is woken and the newer want outdates the failure',
    async (tier, lane) => {
      const { userId } = await createUser(api.db, { tier })
      await createAppRow(api.db, userId, { status: 'error', retryCount: 4 })
      const response = await request(api.app)
        .post(`/v1/apps/${userId}/retry`)
        .set(await bearer('operator'))
        .send({ reason: 'Fly is back' })
      expect(response.status).toBe(202)
      expect(response.body).toMatchObject({ effect: 'work', status: 'error', wanted_version: 2 })
      const { job_id: jobId } = response.body as { job_id: string }
      expect(await api.queues[lane].getDeduplicationJobId(userId)).toBe(jobId)
      expect((await findWant(api.db, userId))?.wantedVersion).toBe(2)
      expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
        { action: 'app.retry', reason: 'Fly is back', before: { status: 'error', retryCount: 4 } },
      ])
    },
  )
})
