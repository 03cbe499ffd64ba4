import { heldReason } from '@hangar/core'
import { claimLease, engageBrake, finishWork } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('every brake, engaged or not: why, since when, how many users it holds, and what releases it', async () => {
  await engageBrake(api.db, 'deletion_burst', { by: 'worker', reason: '20 began', details: { begun: 20 } })
  const { userId } = await createUser(api.db, { tier: 'free' })
  const claimed = await claimLease(api.db, { userId, owner: 'w', ttlMs: 15_000 })
  const reason = heldReason('deletion_burst')
  await finishWork(api.db, claimed!.lease, { kind: 'parked', delayMs: 60_000, reason })
  const response = await request(api.app)
    .get('/v1/brakes')
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  const { items } = response.body as { items: { name: string; by_hand: boolean }[] }
  expect(items.map((brake) => brake.name)).toEqual([
    'fly_unreachable',
    'unhealthy_share',
    'deletion_burst',
    'restored',
    'operator',
  ])
  expect(items[2]).toEqual({
    name: 'deletion_burst',
    engaged: true,
    since: expect.any(String),
    by: 'worker',
    reason: '20 began',
    details: { begun: 20 },
    ignored_until: null,
    summary: 'too many users lost their entitlement at once',
    holds: ['teardown'],
    held_users: 1,
    resumes: 'operator',
    by_hand: false,
  })
  expect(items.filter(({ by_hand }) => by_hand).map(({ name }) => name)).toEqual(['restored', 'operator'])
  expect(items[0]).toMatchObject({
    engaged: false,
    since: null,
    reason: null,
    held_users: 0,
    resumes: 'when_clear',
  })
})
