import { randomUUID } from 'node:crypto'
import { createTrader, createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'
import type { ItemView } from '../items.ts'
import { DEFAULT_HOST_MAPPING } from '@hangar/db'

describe('200', () => {
  const api = useApi()

  async function setUp(patch: Parameters<typeof createAppRow>[2] = {}) {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const { traderId } = await createTrader(api.db, userId)
    const app = await createAppRow(api.db, userId, patch)
    const send = async (items: unknown[]): Promise<ItemView[]> => {
      const response = await request(api.app)
        .post('/shim/v1/signals')
        .set(appHeaders(api, app))
        .send({ items })
      expect(response.status).toBe(200)
      return (response.body as { results: ItemView[] }).results
    }
    const signal = (change: object = {}) => ({
      client_id: randomUUID(),
      trader_id: traderId,
      symbol: 'BTCUSDT',
      payload: { price: 1 },
      created_at: '2026-03-01T12:00:00+01:00',
      ...change,
    })
    return { userId, traderId, app, send, signal }
  }

  async function stored(userId: string) {
    const { rows } = await sql<{
      clientId: string
      traderId: string
      symbol: string
      payload: unknown
      at: Date
    }>`
      select client_id, trader_id, symbol, payload, created_at as at from public.trader_signals
      where user_id = ${userId} order by symbol, client_id`.execute(api.db)
    return rows
  }

  const statuses = (results: ItemView[]) => results.map(({ status }) => status)

  test('a batch is stored as it was sent, and once, however often it comes', async () => {
    const { userId, traderId, send, signal } = await setUp()
    const items = [
      signal({ client_id: ' a ', symbol: 'A' }),
      signal({ client_id: 'b', symbol: 'B', payload: [1, 'x'] }),
    ]
    expect(await send(items)).toEqual([
      { client_id: ' a ', status: 'stored' },
      { client_id: 'b', status: 'stored' },
    ])
    expect(statuses(await send(items))).toEqual(['duplicate', 'duplicate'])
    expect(statuses(await send([...items, signal({ symbol: 'C' })]))).toEqual([
      'duplicate',
      'duplicate',
      'stored',
    ])
    const rows = await stored(userId)
    expect(rows.map(({ symbol }) => symbol)).toEqual(['A', 'B', 'C'])
    expect(rows[1]).toMatchObject({
      clientId: 'b',
      traderId,
      payload: [1, 'x'],
      at: new Date('2026-03-01T11:00:00Z'),
    })
  })

  test('numbers in a payload are stored as they were written', async () => {
    const { userId, app, signal } = await setUp()
    const payload = '{"order_id":9007199254740993,"huge":1e400,"price":1.50,"list":[0.10000000000000000001]}'
    const body = JSON.stringify({ items: [signal({ payload: 'HERE' })] }).replace('"HERE"', payload)
    const headers = { ...appHeaders(api, app), 'content-type': 'application/json' }
    await request(api.app).post('/shim/v1/signals').set(headers).send(body).expect(200)
    const { rows } = await sql<{ text: string }>`
      select payload->>'order_id' || ' ' || (payload->>'huge' = '1' || repeat('0', 400)) || ' ' || (payload->>'price')
        || ' ' || (payload->'list'->>0) as text from public.trader_signals where user_id = ${userId}`.execute(
      api.db,
    )
    expect(rows).toEqual([{ text: '9007199254740993 true 1.50 0.10000000000000000001' }])
  })

  test('the same batch by several connections at once: each item once', async () => {
    const { userId, send, signal } = await setUp()
    const items = Array.from({ length: 200 }, () => signal())
    const answers = await Promise.all(
      [items, items.toReversed(), items, items.toReversed()].map((one) => send(one)),
    )
    const all = answers.flat()
    expect(all.filter(({ status }) => status === 'stored')).toHaveLength(200)
    expect(all.filter(({ status }) => status === 'duplicate')).toHaveLength(600)
    expect(await stored(userId)).toHaveLength(200)
  })

  test('a repeated id within a batch is a duplicate of the first', async () => {
    const { userId, send, signal } = await setUp()
    const first = signal({ symbol: 'FIRST' })
    expect(statuses(await send([first, { ...first, symbol: 'SECOND' }, first]))).toEqual([
      'stored',
      'duplicate',
      'duplicate',
    ])
    expect((await stored(userId)).map(({ symbol }) => symbol)).toEqual(['FIRST'])
  })

  test("another user's trader, a built-in one, one that nobody has: refused, the rest is stored", async () => {
    const mine = await setUp()
    const theirs = await setUp()
    const { traderId: builtIn } = await createTrader(api.db, null)
    const bad = [theirs.traderId, builtIn, randomUUID(), "' or true --"].map((id) =>
      mine.signal({ trader_id: id }),
    )
    const results = await mine.send([mine.signal(), ...bad, mine.signal()])
    expect(statuses(results)).toEqual(['stored', ...bad.map(() => 'rejected'), 'stored'])
    for (const result of results.slice(1, -1)) expect(result).toMatchObject({ code: 'unknown_trader' })
    expect(await stored(theirs.userId)).toEqual([])
    // Refused is not remembered: once the trader is the user's, the same item is new.
    const late = mine.signal({ trader_id: randomUUID() })
    await mine.send([late])
    await sql`update public.traders set id = ${late.trader_id} where id = ${theirs.traderId}`.execute(api.db)
    await sql`update public.traders set user_id = ${mine.userId} where id = ${late.trader_id}`.execute(api.db)
    expect(statuses(await mine.send([late]))).toEqual(['stored'])
  })

  test("an id that another user has sent is nobody's business", async () => {
    const [one, two] = [await setUp(), await setUp()]
    await sql`alter table public.trader_signals drop constraint trader_signals_client_id_key`.execute(api.db)
    try {
      expect(statuses(await one.send([one.signal({ client_id: 'same' })]))).toEqual(['stored'])
      expect(statuses(await two.send([two.signal({ client_id: 'same' })]))).toEqual(['stored'])
      expect(await stored(two.userId)).toHaveLength(1)
    } finally {
      await sql`delete from public.trader_signals where client_id = 'same'`.execute(api.db)
      await sql`alter table public.trader_signals add constraint trader_signals_client_id_key unique (client_id)`.execute(
        api.db,
      )
    }
  })

  describe('what cannot be stored is refused by itself', () => {
    test.each([
      ['no item', 5],
      ['no item either', null],
      ['no id', { client_id: undefined }],
      ['an empty id', { client_id: '' }],
      ['an id too long', { client_id: 'x'.repeat(201) }],
      ['an id with NUL', { client_id: 'a\u0000b' }],
      ['no trader', { trader_id: undefined }],
      ['a symbol that is none', { symbol: 7 }],
      ['a symbol with NUL', { symbol: 'a\u0000' }],
      ['no time', { created_at: undefined }],
      ['a time without a zone', { created_at: '2026-03-01T12:00:00' }],
      ['NUL in a payload', { payload: { note: 'a\u0000b' } }],
      ['half a character in a payload', { payload: { note: '\ud800' } }],
    ])('%s', async (_what, change) => {
      const { userId, send, signal } = await setUp()
      const bad = typeof change === 'object' && change !== null ? signal(change) : change
      const results = await send([signal(), bad, signal(), signal()])
      expect(statuses(results)).toEqual(['stored', 'rejected', 'stored', 'stored'])
      expect(results[1]).toMatchObject({ code: 'invalid', message: expect.any(String) })
      expect(await stored(userId)).toHaveLength(3)
    })

    test.each([
      ['ours', 50_000],
      ["PostgreSQL's", 5_000],
    ])('a payload nested beyond %s stack', async (_whose, levels) => {
      const { userId, app, send, signal } = await setUp()
      const nested = `${'['.repeat(levels)}${']'.repeat(levels)}`
      const body = JSON.stringify({ items: [signal(), signal({ payload: 'HERE' })] }).replace(
        '"HERE"',
        nested,
      )
      const headers = { ...appHeaders(api, app), 'content-type': 'application/json' }
      const response = await request(api.app).post('/shim/v1/signals').set(headers).send(body)
      expect(response.status).toBe(200)
      expect(statuses((response.body as { results: ItemView[] }).results)).toEqual(['stored', 'rejected'])
      expect(statuses(await send([signal()]))).toEqual(['stored'])
      expect(await stored(userId)).toHaveLength(2)
    })

    test('what a trigger of the host refuses as PostgREST has it', async () => {
      const { userId, send, signal } = await setUp()
      await sql`create function refuse_abc() returns trigger language plpgsql as $$
        begin raise sqlstate 'PT402' using message = 'Payment Required'; end $$`.execute(api.db)
      await sql`create trigger refuse_abc before insert on public.trader_signals for each row when (new.symbol = 'ABC')
        execute function refuse_abc()`.execute(api.db)
      const results = await send([signal(), signal({ symbol: 'ABC' }), signal()])
      await sql`drop trigger refuse_abc on public.trader_signals`.execute(api.db)
      expect(statuses(results)).toEqual(['stored', 'rejected', 'stored'])
      expect(results[1]).toMatchObject({ code: 'invalid', message: 'Payment Required' })
      expect(await stored(userId)).toHaveLength(2)
    })

    test('what a rule or a trigger of the host refuses', async () => {
      const { userId, send, signal } = await setUp()
      await sql`alter table public.trader_signals add constraint no_xyz check (symbol <> 'XYZ')`.execute(
        api.db,
      )
      const items = Array.from({ length: 40 }, (_, n) => signal(n % 20 === 7 ? { symbol: 'XYZ' } : {}))
      const results = await send(items)
      expect(results.flatMap(({ status }, n) => (status === 'stored' ? [] : [n]))).toEqual([7, 27])
      expect(await stored(userId)).toHaveLength(38)
    })
  })

  test('a receipt that was forgotten: the index of the host still knows the item', async () => {
    const { userId, send, signal } = await setUp()
    const item = signal()
    await send([item])
    await sql`update hangar.shim_receipts set received_at = now() - interval '25 hours'`.execute(api.db)
    await send([signal()])
    const { rows } =
      await sql`select 1 from hangar.shim_receipts where client_id = ${item.client_id}`.execute(api.db)
    expect(rows).toEqual([])
    expect(statuses(await send([item]))).toEqual(['duplicate'])
    expect(await stored(userId)).toHaveLength(2)
  })

  test('a draining app may write out what it has', async () => {
    const { send, signal } = await setUp({
      status: 'deprovisioning',
      teardownStartedAt: 'now',
      drainStartedAt: 'now',
    })
    expect(statuses(await send([signal()]))).toEqual(['stored'])
  })

  test('nothing to store is fine', async () => {
    const { send } = await setUp()
    expect(await send([])).toEqual([])
  })
})

describe('413', () => {
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
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['signals', {}],
    ['signals', { items: {} }],
    ['executions', { items: 'all' }],
    ['signals', { items: Array.from({ length: 501 }, () => ({})) }],
  ])('%s: a batch that cannot be read as a whole', async (name, body) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    const response = await request(api.app).post(`/shim/v1/${name}`).set(appHeaders(api, app)).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: 'items' }] })
  })
})

describe('500', () => {
  const { subscriptions, users, traders } = DEFAULT_HOST_MAPPING
  const api = useApi({ deps: { host: { subscriptions, users, traders } } })

  test.each(['signals', 'executions'])(
    '%s: nobody said where they go, so the app keeps them',
    async (name) => {
      const { userId } = await createUser(api.db, { tier: 'pro' })
      const app = await createAppRow(api.db, userId)
      const response = await request(api.app)
        .post(`/shim/v1/${name}`)
        .set(appHeaders(api, app))
        .send({ items: [{ client_id: 'a' }] })
      expect(response.status).toBe(500)
      expect(response.body).toMatchObject({ code: 'host_not_installed' })
    },
  )
})
