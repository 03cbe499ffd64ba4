import { findWant, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a user who has no app: success, and nothing is written', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const before = await findWant(api.db, userId)
  const response = await request(api.app).post(`/v1/apps/${userId}/deprovision`).set(serviceKey)
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({ effect: 'nothing', wanted_version: null, job_id: null })
  expect(await findWant(api.db, userId)).toEqual(before)
  expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
})

test('a dry run', async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const app = await createAppRow(api.db, userId)
  const response = await request(api.app).post(`/v1/apps/${userId}/deprovision?dryRun=true`).set(serviceKey)
  expect(response.status).toBe(200)
  expect(response.body).toMatchObject({ effect: 'work', dry_run: true, fly_app_name: app.flyAppName })
  expect(await listAudit(api.db, { userId, limit: 1 })).toEqual([])
})
