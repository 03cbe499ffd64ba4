import { findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

describe('202', () => {
  const api = useApi()

  test('a worker is asked to look, the lane is woken, and it is audited; a dry run does nothing of it', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createAppRow(api.db, userId)
    const ask = async (query = '') =>
      request(api.app)
        .post(`/v1/apps/${userId}/check-health${query}`)
        .set(await bearer('operator'))
        .send({ reason: 'a user wrote' })
    const dry = await ask('?dryRun=true')
    expect([dry.status, dry.body]).toMatchObject([200, { effect: 'work', dry_run: true, job_id: null }])
    expect((await findWant(api.db, userId))?.wantedVersion).toBe(1)
    expect(await api.queues.inspect.getJobCountByTypes('waiting')).toBe(1)

    const response = await ask()
    expect([response.status, response.body]).toMatchObject([202, { effect: 'work', wanted_version: 2 }])
    const looks = await api.queues.inspect.getJobs(['waiting'])
    expect(looks.map((job) => job.data)).toContainEqual({ healthOf: userId })
    expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
      { action: 'health.check', reason: 'a user wrote', before: { status: 'active' } },
    ])
  })
})

describe('404', () => {
  const api = useApi()

  test('a user without an app has nothing to be looked at', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await request(api.app).post(`/v1/apps/${userId}/check-health`).set(serviceKey)
    expect([response.status, response.body]).toMatchObject([404, { code: 'no_app' }])
    expect(await listAudit(api.db, { userId, limit: 5 })).toEqual([])
  })
})
