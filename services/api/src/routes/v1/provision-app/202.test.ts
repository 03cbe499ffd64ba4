import { findActiveOverride, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('agreeing with the tier: a want, a job, an audit row', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const operator = '99999999-9999-4999-8999-999999999999'
  const response = await request(api.app)
    .post(`/v1/apps/${userId}/provision`)
    .set(await bearer('operator', { sub: operator }))
    .set('x-request-id', 'req-7')
    .send({ reason: 'customer called' })
  expect(response.status).toBe(202)
  expect(response.body).toEqual({
    user_id: userId,
    effect: 'work',
    dry_run: false,
    status: null,
    fly_app_name: null,
    wanted_version: 2,
    job_id: expect.any(String),
  })
  expect(await findWant(api.db, userId)).toMatchObject({ wantedVersion: 2, source: 'operator' })
  const { job_id: jobId } = response.body as { job_id: string }
  expect((await api.queues.provision.getJob(jobId))?.data).toEqual({ userId })
  expect(await listAudit(api.db, { userId, limit: 10 })).toEqual([
    expect.objectContaining({
      actor: `user:${operator}`,
      action: 'app.provision',
      reason: 'customer called',
      requestId: 'req-7',
      before: { status: null, override: null },
      after: { effect: 'work', wantedVersion: 2 },
    }),
  ])
})

test('a body is not needed', async () => {
  const { userId } = await createUser(api.db, { tier: 'elite' })
  const app = await createAppRow(api.db, userId)
  const response = await request(api.app)
    .post(`/v1/apps/${userId}/provision`)
    .set(await bearer('operator'))
  expect(response.status).toBe(202)
  expect(response.body).toMatchObject({ status: 'active', fly_app_name: app.flyAppName })
})

test('an admin forces it against the tier: the override says who and why', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const response = await request(api.app)
    .post(`/v1/apps/${userId}/provision`)
    .set(await bearer('admin'))
    .send({ force: true, reason: 'beta tester', tier: 'elite' })
  expect(response.status).toBe(202)
  expect(response.body).toMatchObject({ effect: 'override' })
  expect(await findActiveOverride(api.db, userId)).toMatchObject({
    desired: 'on',
    guest: { cpuKind: 'shared', cpus: 2, memoryMb: 1024 },
    reason: 'beta tester',
    actor: expect.stringMatching(/^user:/),
  })
})
