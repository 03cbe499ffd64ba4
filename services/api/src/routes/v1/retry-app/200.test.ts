import { findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a dry run changes nothing', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const before = await findWant(api.db, userId)
  const response = await request(api.app).post(`/v1/apps/${userId}/retry?dryRun=true`).set(serviceKey)
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({ effect: 'work', dry_run: true, job_id: null })
  expect(await findWant(api.db, userId)).toEqual(before)
  expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
})
