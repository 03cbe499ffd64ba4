import { createTrader, createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(['signals', 'executions'])('%s: a megabyte is read, more is not', async (name) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await createTrader(api.db, userId)
  const app = await createAppRow(api.db, userId)
  const send = (bytes: number) =>
    request(api.app)
      .post(`/shim/v1/${name}`)
      .set(appHeaders(api, app))
      .send({ items: [], padding: 'x'.repeat(bytes) })
  expect((await send(1_000_000)).status).toBe(200)
  expect((await send(1_100_000)).status).toBe(413)
})
