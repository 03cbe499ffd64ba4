import { listAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi({ redis: 'down' })

test('without Redis nobody runs it, and nothing is written', async () => {
  const response = await request(api.app).post('/v1/sweeps/health').set(serviceKey).send({})
  expect([response.status, response.body]).toMatchObject([503, { code: 'redis_unavailable' }])
  expect(await listAudit(api.db, { limit: 1 })).toEqual([])
})
