import { findActiveOverride } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['provision', 'deprovision'])('an operator acts, but only an admin forces: %s', async (action) => {
  const { userId } = await createUser(api.db, { tier: action === 'provision' ? 'free' : 'pro' })
  const response = await request(api.app)
    .post(`/v1/apps/${userId}/${action}`)
    .set(await bearer('operator'))
    .send({ force: true, reason: 'because' })
  expect(response.status).toBe(403)
  expect(response.body).toMatchObject({ code: 'forbidden', needed_role: 'admin' })
  expect(await findActiveOverride(api.db, userId)).toBeNull()
})
