import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const list = (query: object) => request(api.app).get('/v1/apps').query(query).set(serviceKey)

type Page = { items: { id: string; status: string; user_id: string }[]; next_cursor: string | null }

test('pages hold every live app once, in one order, whatever the size of the page', async () => {
  const ids: string[] = []
  for (let n = 0; n < 5; n += 1) {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    ids.push((await createAppRow(api.db, userId)).id)
  }
  const { userId: former } = await createUser(api.db)
  await createAppRow(api.db, former, { status: 'deleted', deletedAt: 'now' })

  const seen: string[] = []
  let cursor: string | null = null
  do {
    const response = await list({ limit: 2, ...(cursor === null ? {} : { cursor }) })
    expect(response.status).toBe(200)
    const page = response.body as Page
    expect(page.items.length).toBeLessThanOrEqual(2)
    seen.push(...page.items.map((item) => item.id))
    cursor = page.next_cursor
  } while (cursor !== null)
  expect(seen).toEqual(ids.sort())
})

test('an app is shown in the names of its columns', async () => {
  const response = await list({ limit: 1 })
  const [item] = (response.body as Page).items
  expect(item).toMatchObject({
    generation: 1,
    fly_app_name: expect.stringMatching(/^vyx-user-\w{8}$/),
    status: 'active',
    tier: 'pro',
    cpu_kind: 'shared',
    cpus: 2,
    memory_mb: 512,
    health_status: 'unknown',
    deleted_at: null,
  })
})

test('by status', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await createAppRow(api.db, userId, { status: 'error', errorCode: 'fly_failed' })
  const response = await list({ status: 'error' })
  expect((response.body as Page).items.map((item) => item.user_id)).toEqual([userId])
})

test('a viewer may look', async () => {
  const response = await request(api.app)
    .get('/v1/apps')
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
})
