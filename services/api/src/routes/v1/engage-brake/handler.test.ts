import { listAlerts, listAudit, listEngaged, nextGeneration, readEntitlementFacts } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  test('by an admin, once: one brake, one alert, one audit row with what was and what is', async () => {
    const admin = '99999999-9999-4999-8999-999999999999'
    const engage = async (reason: string) =>
      request(api.app)
        .post('/v1/brakes/operator/engage')
        .set(await bearer('admin', { sub: admin }))
        .set('x-request-id', 'req-8')
        .send({ reason })
    const response = await engage('a migration runs')
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      changed: true,
      brake: {
        name: 'operator',
        engaged: true,
        by: `user:${admin}`,
        reason: 'a migration runs',
        held_users: 0,
      },
    })
    const again = await engage('once more')
    expect(again.status).toBe(200)
    expect(again.body).toMatchObject({ changed: false, brake: { reason: 'a migration runs' } })

    expect(await listEngaged(api.db)).toEqual(['operator'])
    expect(await listAlerts(api.db, { limit: 5 })).toMatchObject([
      { kind: 'brake_engaged', subject: 'operator', times: 1 },
    ])
    expect(await listAudit(api.db, { limit: 5 })).toEqual([
      expect.objectContaining({
        actor: `user:${admin}`,
        action: 'brake.engage',
        reason: 'a migration runs',
        requestId: 'req-8',
        before: expect.objectContaining({ name: 'operator', engaged: false }),
        after: expect.objectContaining({ name: 'operator', engaged: true, reason: 'a migration runs' }),
      }),
    ])
    expect(api.log.some((line) => line.includes('brake engaged') && line.includes('a migration runs'))).toBe(
      true,
    )
  })
})

describe('200: restored, which holds as where the restore is noticed', () => {
  const api = useApi()
  const userId = '11111111-1111-4111-8111-111111111111'
  const generation = () => api.db.transaction().execute((tx) => nextGeneration(tx, userId))
  const inDoubt = async () => (await readEntitlementFacts(api.db, userId)).namesInDoubt
  const engage = (body: object) =>
    request(api.app)
      .post('/v1/brakes/restored/engage')
      .set(serviceKey)
      .send({ reason: 'a backup', ...body })

  test('a dry run leaves names and numbers as they were', async () => {
    expect((await engage({ dryRun: true })).body).toMatchObject({ changed: true, brake: { engaged: true } })
    expect([await inDoubt(), await generation()]).toEqual([false, 1])
  })

  test('no name is sure until a scan has ended, and no number of a life that may be lost is given out', async () => {
    const response = await engage({})
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      changed: true,
      brake: { name: 'restored', engaged: true, by: 'service_role', reason: 'a backup' },
    })
    expect(await listEngaged(api.db)).toEqual(['restored'])
    expect(await listAlerts(api.db, { limit: 5 })).toMatchObject([
      { kind: 'brake_engaged', subject: 'restored' },
    ])
    expect(await inDoubt()).toBe(true)
    // Far above what anybody can have had since the moment that was restored.
    expect(await generation()).toBeGreaterThan(1_000)
  })
})

describe('409', () => {
  const api = useApi()

  test.each(['fly_unreachable', 'unhealthy_share', 'deletion_burst'])(
    '%s engages by its own condition only',
    async (name) => {
      const response = await request(api.app)
        .post(`/v1/brakes/${name}/engage`)
        .set(serviceKey)
        .send({ reason: 'to be safe' })
      expect(response.status).toBe(409)
      expect(response.body).toMatchObject({ code: 'brake_not_by_hand' })
      expect(await listEngaged(api.db)).toEqual([])
      expect(await listAudit(api.db, { limit: 1 })).toEqual([])
    },
  )
})

describe('422', () => {
  const api = useApi()

  test.each<[string, string, object]>([
    ['operator', 'reason', {}],
    ['operator', 'reason', { reason: '  ' }],
    ['hand', 'path.name', { reason: 'no such brake' }],
  ])('%s: %s in %j', async (name, field, body) => {
    const response = await request(api.app).post(`/v1/brakes/${name}/engage`).set(serviceKey).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
    expect(await listEngaged(api.db)).toEqual([])
  })
})
