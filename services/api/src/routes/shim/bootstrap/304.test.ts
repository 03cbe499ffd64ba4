import { createTrader, createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

async function setUp() {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const { traderId } = await createTrader(api.db, userId)
  const app = await createAppRow(api.db, userId)
  const ask = (tag?: string) =>
    request(api.app)
      .get('/shim/v1/bootstrap')
      .set({ ...appHeaders(api, app), ...(tag !== undefined && { 'if-none-match': tag }) })
  return { userId, traderId, app, ask }
}

test('nothing changed: no body, and the same tag again', async () => {
  const { ask } = await setUp()
  const first = await ask()
  const tag = first.headers['etag']
  expect(tag).toMatch(/^"[\w-]{22}"$/)
  for (const given of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const again = await ask(given)
    expect(again.status).toBe(304)
    expect(again.text).toBe('')
    expect(again.headers['etag']).toBe(tag)
  }
  expect((await ask('"other"')).status).toBe(200)
})

test.each([
  [
    "a trader's name",
    (traderId: string) => sql`update public.traders set name = 'new' where id = ${traderId}`,
  ],
  ['a definition', (id: string) => sql`update public.traders set filter = '{"rsi": 1}' where id = ${id}`],
  ['which are enabled', (id: string) => sql`update public.traders set enabled = false where id = ${id}`],
  [
    'the tier',
    (_: string, appId: string) => sql`update user_fly_apps set tier = 'elite' where id = ${appId}`,
  ],
  [
    'that it is to drain',
    (_: string, id: string) => sql`update user_fly_apps set teardown_started_at = now() where id = ${id}`,
  ],
])('%s changed: the whole answer', async (_what, change) => {
  const { traderId, app, ask } = await setUp()
  const tag = (await ask()).headers['etag'] ?? ''
  await change(traderId, app.id).execute(api.db)
  const response = await ask(tag)
  expect(response.status).toBe(200)
  expect(response.headers['etag']).not.toBe(tag)
})
