import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'
import { createBulk } from '../../../testing/bulks.ts'

const api = useApi()

test('newest first, page by page; one by its id', async () => {
  const ids: number[] = []
  for (let n = 0; n < 3; n++) ids.unshift(await createBulk(api.db, [randomUUID()]))
  const get = async (path: string) =>
    (
      await request(api.app)
        .get(`/v1/bulk${path}`)
        .set(await bearer('viewer'))
    ).body as { items: { id: number }[]; next_cursor: string }
  const first = await get('?limit=2')
  const second = await get(`?limit=2&cursor=${first.next_cursor}`)
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
  expect(second.next_cursor).toBeNull()
  expect(await get(`/${ids[0]}`)).toEqual(first.items[0])
})
