import { findActiveOverride, findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()
const ADA = '99999999-9999-4999-8999-999999999999'

async function put(userId: string, body: object, role: 'operator' | 'admin' = 'admin') {
  return request(api.app)
    .put(`/v1/apps/${userId}/override`)
    .set(await bearer(role, { sub: ADA }))
    .set('x-request-id', 'req-1')
    .send(body)
}

const later = () => new Date(Date.parse('2099-01-01T00:00:00Z'))

test('a size and a region of its own, until a day: in force, audited, wanted, and the lane is woken', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const guest = { cpuKind: 'shared', cpus: 4, memoryMb: 2048 }
  const wish = { desired: 'on', guest, region: 'fra', expires_at: later().toISOString() }
  const response = await put(userId, { ...wish, reason: 'a gift' })
  expect(response.status).toBe(202)
  expect(response.body).toMatchObject({
    effect: 'override',
    dry_run: false,
    wanted_version: 2,
    override: { ...wish, reason: 'a gift', actor: `user:${ADA}` },
  })
  const { job_id: jobId } = response.body as { job_id: string }
  expect(await api.queues.provision.getDeduplicationJobId(userId)).toBe(jobId)
  expect(await findActiveOverride(api.db, userId)).toMatchObject({ desired: 'on', guest, expiresAt: later() })
  expect(await listAudit(api.db, { userId, limit: 5 })).toMatchObject([
    {
      actor: `user:${ADA}`,
      action: 'override.set',
      reason: 'a gift',
      requestId: 'req-1',
      before: { override: null },
      after: { override: { desired: 'on', region: 'fra' }, wantedVersion: 2 },
    },
  ])
})

test('in the place of the one before; twenty at once leave one, and no failure', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await put(userId, { desired: 'on', reason: 'first' })
  const wishes = Array.from({ length: 20 }, (_, n) => put(userId, { desired: 'off', reason: `no ${n}` }))
  const statuses = new Set((await Promise.all(wishes)).map(({ status }) => status))
  expect([...statuses]).toEqual([202])
  const last = await put(userId, { desired: 'off', reason: 'the last' })
  expect(last.body).toMatchObject({ override: { desired: 'off', reason: 'the last' } })
  const { job_id: jobId } = last.body as { job_id: string }
  expect(await api.queues.deprovision.getDeduplicationJobId(userId)).toBe(jobId)
  expect((await findActiveOverride(api.db, userId))?.reason).toBe('the last')
})

test('an operator pauses a user, and what they have stays as it is', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await createAppRow(api.db, userId)
  const response = await put(userId, { desired: 'paused', reason: 'looking into it' }, 'operator')
  expect([response.status, response.body]).toMatchObject([202, { override: { desired: 'paused' } }])
  expect((await findWant(api.db, userId))?.wantedVersion).toBe(2)
})
