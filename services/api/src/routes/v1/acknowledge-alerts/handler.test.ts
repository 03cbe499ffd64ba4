import { listAlerts, listAudit, raiseAlert } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  test('all of them at once, each audited once; those that are not there are told of', async () => {
    for (const subject of ['a', 'b', 'c'])
      await raiseAlert(api.db, { kind: 'orphan_found', subject, severity: 'warning', message: 'm' })
    const ids = (await listAlerts(api.db, { limit: 5 })).map((alert) => alert.id)
    const [c = 0, b = 0] = ids
    const acknowledge = async (body: object) =>
      request(api.app)
        .post('/v1/alerts/acknowledge')
        .set(await bearer('operator'))
        .send(body)
    const dry = await acknowledge({ ids: [b, c], dryRun: true })
    expect(dry.body).toMatchObject({ items: [{ id: b, acknowledged_at: expect.any(String) }, { id: c }] })
    expect(await listAlerts(api.db, { limit: 5, acknowledged: true })).toEqual([])

    const response = await acknowledge({ ids: [c, b, c, 4711] })
    expect([response.status, response.body]).toMatchObject([
      200,
      { items: [{ id: b }, { id: c }], unknown_ids: [4711] },
    ])
    await acknowledge({ ids: [b] })
    expect(await listAlerts(api.db, { limit: 5, acknowledged: true })).toHaveLength(2)
    expect(await listAudit(api.db, { limit: 5 })).toHaveLength(2)
  })
})

describe('422', () => {
  const api = useApi()

  test.each<[string, object]>([
    ['ids', {}],
    ['ids', { ids: [] }],
    ['ids', { ids: Array.from({ length: 201 }, (_, n) => n + 1) }],
    ['ids.0', { ids: [0] }],
    ['ids.0', { ids: ['1'] }],
  ])('%s in %j', async (field, body) => {
    const response = await request(api.app).post('/v1/alerts/acknowledge').set(serviceKey).send(body)
    expect([response.status, response.body]).toMatchObject([422, { errors: [{ field }] }])
  })
})
