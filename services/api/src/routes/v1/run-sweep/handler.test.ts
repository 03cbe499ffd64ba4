import { listAudit } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('202', () => {
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
})

describe('422', () => {
  const api = useApi()

  test('a sweep that there is not', async () => {
    const response = await request(api.app).post('/v1/sweeps/chimney').set(serviceKey).send({})
    expect([response.status, response.body]).toMatchObject([422, { errors: [{ field: 'path.name' }] }])
  })
})

describe('503', () => {
  const api = useApi({ redis: 'down' })

  test('without Redis nobody runs it, and nothing is written', async () => {
    const response = await request(api.app).post('/v1/sweeps/health').set(serviceKey).send({})
    expect([response.status, response.body]).toMatchObject([503, { code: 'redis_unavailable' }])
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
  })
})
