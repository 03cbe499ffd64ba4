import { listAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a sweep is asked for now, and asked again before it starts it is one run', async () => {
  const call = async () =>
    request(api.app)
      .post('/v1/sweeps/orphans')
      .set(await bearer('operator'))
      .send({ reason: 'looking for a lost app' })
  const first = await call()
  expect([first.status, first.body]).toEqual([202, { name: 'orphans', dry_run: false }])
  expect((await call()).status).toBe(202)
  const jobs = await api.queues.sweep.getJobs(['waiting'])
  expect(jobs.map((job) => job.name)).toEqual(['orphans'])
  expect(await listAudit(api.db, { limit: 5 })).toMatchObject([
    { action: 'sweep.run' },
    { action: 'sweep.run', reason: 'looking for a lost app', after: { name: 'orphans' } },
  ])
})
