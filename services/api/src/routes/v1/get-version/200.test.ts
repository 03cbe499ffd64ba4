import { readMigrations } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('the release, and the schema of the database beside the one it expects', async () => {
  const response = await request(api.app)
    .get('/v1/version')
    .set(await bearer('viewer'))
  const last = (await readMigrations()).at(-1)?.name
  expect([response.status, response.body]).toEqual([
    200,
    {
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.version,
      schema: { applied: last, expected: last },
    },
  ])
})
