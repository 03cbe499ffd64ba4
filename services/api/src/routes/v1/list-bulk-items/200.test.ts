import { randomUUID } from 'node:crypto'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'
import { createBulk } from '../../../testing/bulks.ts'

const api = useApi()

test('each user with the mail address and what became of them, in order, by state and page by page', async () => {
  const { userId, email } = await createUser(api.db)
  const stranger = randomUUID()
  const items = [{ userId: stranger, code: 'unknown_user', detail: 'there is no such user' }, { userId }]
  const id = await createBulk(api.db, [], { items })
  const get = async (query: string) =>
    (await request(api.app).get(`/v1/bulk/${id}/items${query}`).set(serviceKey)).body as {
      items: unknown[]
      next_cursor: string
    }
  const left = {
    user_id: stranger,
    email: null,
    state: 'skipped',
    code: 'unknown_user',
    text: 'there is no such user',
    asked_at: null,
    at: expect.any(String),
  }
  const waits = { user_id: userId, email, state: 'waiting', code: null, text: null, asked_at: null, at: null }
  const first = await get('?limit=1')
  expect(first.items).toEqual([left])
  expect((await get(`?limit=1&cursor=${first.next_cursor}`)).items).toEqual([waits])
  expect(await get('?state=waiting')).toEqual({ items: [waits], next_cursor: null })
})
