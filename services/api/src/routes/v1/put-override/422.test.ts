import { findWant } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const size = (cpuKind: string, cpus: number, memoryMb: number) => ({ guest: { cpuKind, cpus, memoryMb } })

test.each<[string, object]>([
  ['desired', { desired: 'maybe' }],
  ['reason', { desired: 'off', reason: ' ' }],
  ['guest', { desired: 'on', ...size('shared', 3, 1024) }],
  ['guest', { desired: 'on', ...size('performance', 2, 2048) }],
  ['guest', { desired: 'on', ...size('shared', 1, 300) }],
  ['guest.cpus', { desired: 'on', ...size('shared', 0, 256) }],
  ['desired', { desired: 'off', ...size('shared', 1, 256) }],
  ['desired', { desired: 'paused', region: 'iad' }],
  ['region', { desired: 'on', region: 'IAD' }],
  ['expires_at', { desired: 'on', expires_at: 'tomorrow' }],
  ['expires_at', { desired: 'on', expires_at: '2020-01-01T00:00:00Z' }],
  ['body', { desired: 'on', until: '2099-01-01T00:00:00Z' }],
])('%s in %j', async (field, body) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const response = await request(api.app)
    .put(`/v1/apps/${userId}/override`)
    .set(serviceKey)
    .send({ reason: 'r', ...body })
  expect([response.status, response.body]).toMatchObject([
    422,
    { errors: expect.arrayContaining([expect.objectContaining({ field })]) },
  ])
  expect((await findWant(api.db, userId))?.wantedVersion).toBe(1)
})
