import { randomUUID } from 'node:crypto'
import { listAudit, listBulks } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const create = (body: object) =>
  request(api.app)
    .post('/v1/bulk')
    .set(serviceKey)
    .send({ action: 'retry', reason: 'r', ...body })

test('where it could be done to nobody, or to another number than the preview said, nothing is written', async () => {
  const pointless = await create({ user_ids: [randomUUID()] })
  expect([pointless.status, pointless.body]).toMatchObject([409, { code: 'bulk_pointless' }])
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const changed = await create({ user_ids: [userId], expected_eligible: 2 })
  expect([changed.status, changed.body]).toMatchObject([409, { code: 'bulk_changed', eligible: 1 }])
  expect(await listBulks(api.db, { limit: 1 })).toEqual([])
  expect(await listAudit(api.db, { limit: 1 })).toEqual([])
})
