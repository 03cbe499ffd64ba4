import { endOrphan, listAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

const api = useApi()

test.each(['vyx-user-never', 'vyx-user-gone'])('%s is no orphan now', async (name) => {
  await createOrphan(api.db, 'vyx-user-gone')
  await api.db.transaction().execute((tx) => endOrphan(tx, 'vyx-user-gone', { state: 'gone' }))
  const response = await request(api.app)
    .post(`/v1/orphans/${name}/delete`)
    .set(serviceKey)
    .send({ reason: 'why not' })
  expect(response.status).toBe(404)
  expect(response.body).toMatchObject({ code: 'not_found' })
  expect(await listAudit(api.db, { limit: 1 })).toEqual([])
})
