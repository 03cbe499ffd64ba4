import { randomUUID } from 'node:crypto'
import { createTrader, createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('runs that ended and one that did not, each once; a wrong one does not fail the others', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const { traderId } = await createTrader(api.db, userId)
  const app = await createAppRow(api.db, userId)
  const run = (change: object) => ({
    client_id: randomUUID(),
    trader_id: traderId,
    started_at: '2026-03-01T12:00:00Z',
    finished_at: '2026-03-01T12:00:01Z',
    outcome: 'completed',
    ...change,
  })
  const items = [
    run({}),
    run({ finished_at: null, outcome: 'aborted' }),
    run({ finished_at: 'later' }),
    run({ outcome: '' }),
    run({ trader_id: randomUUID() }),
  ]
  const send = async () => {
    const response = await request(api.app)
      .post('/shim/v1/executions')
      .set(appHeaders(api, app))
      .send({ items })
    expect(response.status).toBe(200)
    return (response.body as { results: { status: string; code?: string }[] }).results
  }
  const rest = [
    { status: 'rejected', code: 'invalid' },
    { status: 'rejected', code: 'invalid' },
    { status: 'rejected', code: 'unknown_trader' },
  ]
  expect(await send()).toMatchObject([{ status: 'stored' }, { status: 'stored' }, ...rest])
  expect(await send()).toMatchObject([{ status: 'duplicate' }, { status: 'duplicate' }, ...rest])
  const { rows } = await sql`
    select trader_id, started_at, finished_at, outcome from public.trader_execution_history
    where user_id = ${userId} order by outcome`.execute(api.db)
  const startedAt = new Date('2026-03-01T12:00:00Z')
  expect(rows).toEqual([
    { traderId, startedAt, finishedAt: null, outcome: 'aborted' },
    { traderId, startedAt, finishedAt: new Date('2026-03-01T12:00:01Z'), outcome: 'completed' },
  ])
})
