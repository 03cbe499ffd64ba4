import { heldReason } from '@hangar/core'
import { claimLease, engageBrake, finishWork, listAudit, listEngaged, listUsersToWake } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  async function release(name: string, body: object) {
    return request(api.app)
      .post(`/v1/brakes/${name}/release`)
      .set(await bearer('admin'))
      .send(body)
  }

  test('whom it held is due at once, and the audit log has who let go and why', async () => {
    await engageBrake(api.db, 'operator', { by: 'somebody', reason: 'lunch' })
    const { userId } = await createUser(api.db, { tier: 'free' })
    const claimed = await claimLease(api.db, { userId, owner: 'w', ttlMs: 15_000 })
    await finishWork(api.db, claimed!.lease, {
      kind: 'parked',
      delayMs: 3_600_000,
      reason: heldReason('operator'),
    })
    const policy = { paidTiers: ['pro'], payingStatuses: ['active'], limit: 10 }
    expect(await listUsersToWake(api.db, policy)).toEqual([])

    const response = await release('operator', { reason: 'back' })
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      changed: true,
      brake: { engaged: false, ignored_until: null, held_users: 0 },
    })
    expect(await listUsersToWake(api.db, policy)).toEqual([{ userId, lane: 'deprovision' }])
    expect(await listAudit(api.db, { limit: 5 })).toMatchObject([
      {
        action: 'brake.release',
        reason: 'back',
        before: { engaged: true, by: 'somebody', reason: 'lunch' },
        after: { engaged: false },
      },
    ])
  })

  test('its condition is not looked at again for the time that was judged', async () => {
    await engageBrake(api.db, 'unhealthy_share', { by: 'w', reason: '9 of 10' })
    const response = await release('unhealthy_share', {
      reason: 'known, being mended',
      ignore_for_minutes: 60,
    })
    const { brake } = response.body as { brake: { ignored_until: string } }
    const leftMs = Date.parse(brake.ignored_until) - Date.parse(response.headers['date'] ?? '')
    expect(Math.abs(leftMs - 3_600_000)).toBeLessThan(60_000)
    expect(await engageBrake(api.db, 'unhealthy_share', { by: 'w', reason: 'still 9 of 10' })).toBe(false)
  })

  test('one that is free already is left alone, and nothing is written', async () => {
    const before = await listAudit(api.db, { limit: 50 })
    const response = await release('deletion_burst', { reason: 'just in case', ignore_for_minutes: 5 })
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ changed: false, brake: { engaged: false, ignored_until: null } })
    expect(await listAudit(api.db, { limit: 50 })).toEqual(before)
    expect(await listEngaged(api.db)).toEqual([])
  })
})

describe('422', () => {
  const api = useApi()

  test.each<[string, string, object]>([
    ['operator', 'reason', {}],
    ['operator', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: -1 }],
    ['operator', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: 1.5 }],
    ['operator', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: 1441 }],
    ['restored', 'ignore_for_minutes', { reason: 'x', ignore_for_minutes: 1 }],
    ['all', 'path.name', { reason: 'x' }],
  ])('%s: %s in %j', async (name, field, body) => {
    await engageBrake(api.db, 'operator', { by: 'test', reason: 'stays' })
    const response = await request(api.app).post(`/v1/brakes/${name}/release`).set(serviceKey).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
    expect(await listEngaged(api.db)).toEqual(['operator'])
  })
})
