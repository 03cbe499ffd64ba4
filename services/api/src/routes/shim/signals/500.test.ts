import { DEFAULT_HOST_MAPPING } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const { subscriptions, users, traders } = DEFAULT_HOST_MAPPING
const api = useApi({ deps: { host: { subscriptions, users, traders } } })

test.each(['signals', 'executions'])('%s: nobody said where they go, so the app keeps them', async (name) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId)
  const response = await request(api.app)
    .post(`/shim/v1/${name}`)
    .set(appHeaders(api, app))
    .send({ items: [{ client_id: 'a' }] })
  expect(response.status).toBe(500)
  expect(response.body).toMatchObject({ code: 'host_not_installed' })
})
