import { findOrphan } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

const api = useApi()

test.each<[string, string, object]>([
  ['vyx-user-a', 'reason', {}],
  ['vyx-user-a', 'reason', { reason: '  ' }],
  ['VYX', 'path.appName', { reason: 'no such name' }],
])('%s: %s in %j', async (name, field, body) => {
  await createOrphan(api.db, 'vyx-user-a')
  const response = await request(api.app).post(`/v1/orphans/${name}/delete`).set(serviceKey).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
  expect((await findOrphan(api.db, 'vyx-user-a'))?.deleteRequestedBy).toBeNull()
})
