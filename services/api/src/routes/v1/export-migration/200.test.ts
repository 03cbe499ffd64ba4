import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'
import { createBulk, createMigration } from '../../../testing/bulks.ts'

const api = useApi()

type Page = { items: Record<string, unknown>[]; next_cursor: string | null }
type Answer = { body: unknown; text: string; headers: Record<string, string> }

async function get(path: string): Promise<Answer> {
  return request(api.app)
    .get(`/v1/migrations${path}`)
    .set(await bearer('viewer'))
}

test('what became of each: a page at a time, as CSV, and in one document; and the list of them', async () => {
  const moved = await createUser(api.db, { tier: 'pro', email: '=moved@example.test' })
  const app = await createAppRow(api.db, moved.userId, { monthlyCostEstimateUsd: '6.00' })
  const waits = await createUser(api.db, { tier: 'elite' })
  const nobody = randomUUID()
  const items = [
    { userId: moved.userId },
    { userId: waits.userId },
    { userId: nobody, code: 'unknown_user', detail: 'there is no such user' },
  ]
  await createBulk(api.db, [waits.userId])
  const id = await createMigration(api.db, [], { items })
  await sql`
    update hangar.bulk_items set state = 'done', detail = 'it is up', wanted_version = 1, asked_at = hangar.now(),
      ended_at = hangar.now() where bulk_id = ${id} and place = 1`.execute(api.db)

  const { body: list } = await get('')
  expect((list as Page).items).toMatchObject([{ id, waves: 1, counts: { done: 1, waiting: 1, skipped: 1 } }])

  const first = (await get(`/${id}/items?limit=2`)).body as Page
  expect(first.items).toMatchObject([
    { user_id: moved.userId, state: 'done', wave: 1, tier: 'pro', app_name: app.flyAppName },
    { user_id: waits.userId, state: 'waiting', wave: 1, app_name: null, app_status: null },
  ])
  const second = (await get(`/${id}/items?cursor=${first.next_cursor}`)).body as Page
  expect(second).toMatchObject({
    items: [{ user_id: nobody, state: 'skipped', wave: null, code: 'unknown_user' }],
    next_cursor: null,
  })

  const json = await get(`/${id}/report.json`)
  expect(json.headers['content-disposition']).toBe(`attachment; filename="hangar-migration-${id}.json"`)
  const { body: seen } = await get(`/${id}`)
  expect(json.body).toEqual({ migration: seen, items: [...first.items, ...second.items] })

  const csv = await get(`/${id}/report.csv`)
  expect(csv.headers['content-type']).toContain('text/csv')
  const [head, ...lines] = csv.text.trimEnd().split('\r\n')
  expect(head).toBe(
    'user_id,email,tier,wave,state,code,text,app_name,app_status,monthly_cost_usd,asked_at,at',
  )
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(
    `${moved.userId},'=moved@example.test,pro,1,done,,it is up,${app.flyAppName},active,6.00,20`,
  )
})
