import { DEFAULT_SETTINGS, listAudit, readSettings } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  test('what is named changes, the rest stays, and one audit row has before and after', async () => {
    const change = async (body: object) =>
      request(api.app)
        .patch('/v1/settings')
        .set(await bearer('admin'))
        .send(body)
    await change({ teardown_burst: { least: 40 } })
    const response = await change({
      reason: 'the fleet has grown',
      teardown_burst: { window_ms: 300_000 },
      unhealthy_share: { share: 0.5, least: 9 },
    })
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      teardown_burst: { least: 40, share: 0.2, window_ms: 300_000 },
      unhealthy_share: { least: 9, share: 0.5 },
    })
    expect(await readSettings(api.db)).toMatchObject({
      teardownBurst: { least: 40, share: 0.2, windowMs: 300_000 },
      unhealthyShare: { least: 9, share: 0.5 },
    })
    expect((await listAudit(api.db, { limit: 1 }))[0]).toMatchObject({
      action: 'settings.change',
      reason: 'the fleet has grown',
      before: { teardown_burst: { least: 40, window_ms: 600_000 }, unhealthy_share: { least: 5 } },
      after: { teardown_burst: { least: 40, window_ms: 300_000 }, unhealthy_share: { least: 9 } },
    })
    expect(await listAudit(api.db, { limit: 5 })).toHaveLength(2)
  })
})

describe('422', () => {
  const api = useApi()

  test.each<[string, object]>([
    ['body', {}],
    ['body', { reason: 'names nothing' }],
    ['body', { teardown_burst: {} }],
    ['body', { teardown_brust: { least: 5 } }],
    ['teardown_burst', { teardown_burst: { lest: 5 } }],
    ['teardown_burst.least', { teardown_burst: { least: 0 } }],
    ['teardown_burst.least', { teardown_burst: { least: '5' } }],
    ['teardown_burst.share', { teardown_burst: { share: 1.1 } }],
    ['teardown_burst.window_ms', { teardown_burst: { window_ms: 1 } }],
    ['orphans.lag_ms', { orphans: { lag_ms: 1 } }],
    ['unhealthy_share.share', { unhealthy_share: { share: -1 }, teardown_burst: { least: 5 } }],
  ])('%s in %j', async (field, body) => {
    const response = await request(api.app).patch('/v1/settings').set(serviceKey).send(body)
    expect(response.status).toBe(422)
    const { errors } = response.body as { errors: { field: string }[] }
    expect(errors.map((error) => error.field)).toContain(field)
    expect(await readSettings(api.db)).toEqual(DEFAULT_SETTINGS)
  })
})
