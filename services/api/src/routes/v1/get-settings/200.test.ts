import { DEFAULT_SETTINGS, writeSetting } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('the defaults, and in their place what somebody has changed', async () => {
  const read = async () =>
    (
      await request(api.app)
        .get('/v1/settings')
        .set(await bearer('viewer'))
    ).body as Record<string, unknown>
  const before = await read()
  expect(Object.keys(before)).toHaveLength(Object.keys(DEFAULT_SETTINGS).length)
  expect(before).toMatchObject({
    teardown_burst: { least: 20, share: 0.2, window_ms: 600_000 },
    unhealthy_share: { least: 5, share: 0.3 },
  })
  await api.db.transaction().execute((tx) => writeSetting(tx, 'teardownBurst', { least: 50 }, 'admin'))
  expect(await read()).toEqual({ ...before, teardown_burst: { least: 50, share: 0.2, window_ms: 600_000 } })
})
