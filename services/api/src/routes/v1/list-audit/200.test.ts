import { randomUUID } from 'node:crypto'
import { insertAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

type Page = { items: { action: string; created_at: string }[]; next_cursor: string | null }

async function list(query: object = {}): Promise<Page> {
  const response = await request(api.app)
    .get('/v1/audit')
    .query(query)
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  return response.body as Page
}

const actions = async (query: object) => (await list(query)).items.map(({ action }) => action)

test('what was done, by whom, to whom and why; newest first, filtered, page by page', async () => {
  expect(await list()).toEqual({ items: [], next_cursor: null })
  const userId = randomUUID()
  await insertAudit(api.db, { actor: 'user:1', action: 'app.retry', userId })
  await insertAudit(api.db, {
    actor: 'service_role',
    action: 'brake.release',
    reason: 'it is over',
    requestId: 'r1',
  })
  await insertAudit(api.db, {
    actor: 'user:1',
    action: 'app.force',
    userId,
    before: { status: 'active' },
    after: { forced: 'recreate' },
  })
  const { items } = await list()
  expect(items[0]).toEqual({
    id: expect.any(Number),
    actor: 'user:1',
    action: 'app.force',
    user_id: userId,
    reason: null,
    request_id: null,
    before: { status: 'active' },
    after: { forced: 'recreate' },
    created_at: expect.any(String),
  })
  expect(await actions({ actor: 'user:1' })).toEqual(['app.force', 'app.retry'])
  expect(await actions({ action: 'brake.release,app.retry' })).toEqual(['brake.release', 'app.retry'])
  expect(await actions({ user_id: userId, action: 'app.retry' })).toEqual(['app.retry'])
  expect(await actions({ since: '2099-01-01T00:00:00Z' })).toEqual([])
  const first = await list({ limit: 2 })
  expect(await actions({ limit: 2, cursor: first.next_cursor })).toEqual(['app.retry'])
})
