import { randomUUID } from 'node:crypto'
import { findBulk } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'
import { createBulk } from '../../../testing/bulks.ts'

const api = useApi()

test('an operator may stop what an admin has begun, and not go on with it', async () => {
  const id = await createBulk(api.db, [randomUUID()], { action: 'deprovision' })
  const say = async (verb: string) =>
    request(api.app)
      .post(`/v1/bulk/${id}/${verb}`)
      .set(await bearer('operator'))
  expect((await say('pause')).status).toBe(200)
  const response = await say('resume')
  expect([response.status, response.body]).toMatchObject([403, { needed_role: 'admin' }])
  expect((await findBulk(api.db, id))?.state).toBe('paused')
})
