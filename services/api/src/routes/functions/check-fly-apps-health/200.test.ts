import { listAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const call = () => request(api.app).post('/functions/v1/check-fly-apps-health').set(serviceKey)

test('the sweep is asked for now, and asked again it is the same one', async () => {
  const [first, second] = [await call(), await call()]
  expect(first.status).toBe(200)
  expect(first.body).toEqual({
    success: true,
    user_id: null,
    status: 'queued',
    fly_app_name: null,
    job_id: expect.any(String),
  })
  expect(second.body).toEqual(first.body)
  expect(await api.queues.health.getJobCountByTypes('waiting')).toBe(1)
  expect(await listAudit(api.db, { limit: 5 })).toMatchObject([
    { action: 'health.check_all' },
    { action: 'health.check_all' },
  ])
})
