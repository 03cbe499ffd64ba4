import { randomBytes, randomUUID } from 'node:crypto'
import { createKeyRing, shimToken } from '@hangar/core'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a token that is not of one of our apps: the app goes on with what it knows', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId)
  const good = shimToken(api.keyRing, app.id)
  const foreignRing = createKeyRing({ current: randomBytes(32).toString('base64') })
  const tokens = [
    `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
    good.replace(app.id, randomUUID()),
    shimToken(foreignRing, app.id),
    // Ours, for a row of another database.
    shimToken(api.keyRing, randomUUID()),
    app.id,
    'hgr_',
  ]
  for (const token of tokens) {
    const response = await request(api.app)
      .get('/shim/v1/bootstrap')
      .set({ authorization: `Bearer ${token}`, 'x-fly-machine-id': 'm1' })
    expect(response.status).toBe(401)
  }
  expect(api.log.join('')).not.toContain(good)
})
