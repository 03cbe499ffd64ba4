import { DEFAULT_POLICY } from '@hangar/core'
import { approveBurst } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'

const api = useApi()

type Page = { items: { reason: string; expired: boolean }[]; next_cursor: string | null }

test('newest first, page by page, the expired ones marked', async () => {
  for (const [reason, expiresInMs] of [
    ['first', 0],
    ['second', 60_000],
    ['third', 60_000],
  ] as const)
    await api.db
      .transaction()
      .execute((tx) => approveBurst(tx, { count: 3, reason, actor: 'admin', expiresInMs }, DEFAULT_POLICY))
  const list = async (query: object) =>
    (
      await request(api.app)
        .get('/v1/burst-approvals')
        .query(query)
        .set(await bearer('viewer'))
    ).body as Page
  const first = await list({ limit: 2 })
  expect(first.items).toMatchObject([
    { reason: 'third', approved: 3, used: 0, expired: false },
    { reason: 'second', expired: false },
  ])
  const second = await list({ limit: 2, cursor: first.next_cursor })
  expect(second).toMatchObject({ items: [{ reason: 'first', expired: true }], next_cursor: null })
})
