import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each<[string, string, object]>([
  ['provision', 'reason', { force: true }],
  ['provision', 'reason', { force: true, reason: '   ' }],
  ['provision', 'reason', { reason: 'x'.repeat(501) }],
  ['provision', 'reason', { force: true, reason: 'a\u0000b' }],
  ['provision', 'force', { force: 'yes' }],
  ['provision', 'dryRun', { dryRun: 1 }],
  ['provision', 'tier', { tier: '' }],
  ['provision', 'tier', { tier: 'platinum', force: true, reason: 'a size nobody configured' }],
  ['deprovision', 'reason', { force: true }],
  ['retry', 'reason', { reason: 7 }],
])('%s: %s in %j', async (action, field, body) => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  const response = await request(api.app).post(`/v1/apps/${userId}/${action}`).set(serviceKey).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
})

test.each(['provision', 'deprovision', 'retry'])(
  '%s: a field that does not exist is refused',
  async (action) => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/${action}`)
      .set(serviceKey)
      .send({ froce: true })
    expect(response.status).toBe(422)
    expect(response.text).toContain('froce')
  },
)
