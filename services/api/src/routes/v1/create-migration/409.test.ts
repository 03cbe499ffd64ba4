import { listAudit, listBulks } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const create = (body: object) =>
  request(api.app)
    .post('/v1/migrations')
    .set(serviceKey)
    .send({ reason: 'r', ...body })

test('where nobody is to be moved, or another number than the preview said, nothing is written', async () => {
  const pointless = await create({ all: true })
  expect([pointless.status, pointless.body]).toMatchObject([409, { code: 'bulk_pointless' }])
  await createUser(api.db, { tier: 'pro' })
  const changed = await create({ all: true, expected_eligible: 2 })
  expect([changed.status, changed.body]).toMatchObject([409, { code: 'bulk_changed', eligible: 1 }])
  expect(await listBulks(api.db, { limit: 1 })).toEqual([])
  expect(await listAudit(api.db, { limit: 1 })).toEqual([])
})
