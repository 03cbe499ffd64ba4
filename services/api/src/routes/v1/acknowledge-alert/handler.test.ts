import { listAlerts, listAudit, raiseAlert } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  test('by an operator; who saw it first stands, and it is open until it is over', async () => {
    await raiseAlert(api.db, { kind: 'sweep_late', subject: '', severity: 'critical', message: 'm' })
    const id = (await listAlerts(api.db, { limit: 1 }))[0]!.id
    const [first, second] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
    const acknowledge = async (sub: string) =>
      request(api.app)
        .post(`/v1/alerts/${id}/acknowledge`)
        .set(await bearer('operator', { sub }))
    const response = await acknowledge(first)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ id, acknowledged_by: `user:${first}`, resolved_at: null })
    expect((await acknowledge(second)).body).toEqual(response.body)
    expect(await listAudit(api.db, { limit: 5 })).toMatchObject([
      { actor: `user:${first}`, action: 'alert.acknowledge', before: { id }, after: { id } },
    ])
    expect(await listAlerts(api.db, { limit: 5, openOnly: true })).toHaveLength(1)
  })
})

describe('404', () => {
  const api = useApi()

  test('an alert that nobody raised', async () => {
    const response = await request(api.app).post('/v1/alerts/999/acknowledge').set(serviceKey)
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'not_found' })
  })
})

describe('422', () => {
  const api = useApi()

  test.each(['0', 'first', '-1', '99999999999999999999'])('the id %s', async (id) => {
    const response = await request(api.app).post(`/v1/alerts/${id}/acknowledge`).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: 'path.id' }] })
  })
})
