import { DEFAULT_SETTINGS, readSettings } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

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
