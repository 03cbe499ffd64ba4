import { findOrphan } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

const api = useApi({ redis: 'down' })

test('with Redis away it is written down all the same', async () => {
  await createOrphan(api.db, 'vyx-user-a')
  const response = await request(api.app)
    .post('/v1/orphans/vyx-user-a/delete')
    .set(serviceKey)
    .send({ reason: 'billed for nothing' })
  expect(response.status).toBe(202)
  expect((await findOrphan(api.db, 'vyx-user-a'))?.deleteRequestedBy).toBe('service_role')
})
