import { randomUUID } from 'node:crypto'
import { createTrader, createUser, useTestDatabase, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { CompiledQuery, sql } from 'kysely'
import pg from 'pg'
import { listCustomTraders, findSubscription, findUserEmail, userExists } from './host.ts'
import { DEFAULT_HOST_MAPPING, findHostMapping, installHost, type HostMapping } from './install-host.ts'
import { withLockRetries } from './lock-retries.ts'
import { findWant } from './wants.ts'

const withSubscriptions = (change: Record<string, unknown>): HostMapping => ({
  ...DEFAULT_HOST_MAPPING,
  subscriptions: { ...DEFAULT_HOST_MAPPING.subscriptions, ...change },
})

/** A host whose every name needs quotes, or tries to get out of them. */
const NASTY: HostMapping = {
  subscriptions: {
    table: '"Odd Schema"."sub""; drop table public.traders; --"',
    user_id: 'User Id',
    tier: 'tier"); drop table public.traders; --',
    status: "st'atus",
  },
  users: { table: '"Odd Schema"."select"', id: 'User Id', email: 'from' },
  traders: {
    table: '"Odd Schema".bots',
    id: 'ID',
    user_id: 'owner',
    name: 'na"me',
    enabled: 'is on?',
    definition: '%s %I',
  },
}

describe('install_host', () => {
  const t = useTestDatabase()
  const triggers = async () => {
    const { rows } = await sql<{ name: string }>`
      select tgrelid::regclass::text as name from pg_trigger where tgname = 'on_user_tier_change' order by 1`.execute(
      t.db,
    )
    return rows.map(({ name }) => name)
  }

  test('may be run again, and enrolls nobody', async () => {
    await sql`alter table public.user_subscriptions disable trigger on_user_tier_change`.execute(t.db)
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await sql`alter table public.user_subscriptions enable trigger on_user_tier_change`.execute(t.db)
    await installHost(t.db)
    await installHost(t.db)
    expect(await triggers()).toEqual(['user_subscriptions'])
    expect(await findHostMapping(t.db)).toEqual(DEFAULT_HOST_MAPPING)
    expect(await findWant(t.db, userId)).toBeNull()
    expect(await findSubscription(t.db, userId)).toEqual({ tier: 'pro', status: 'active' })
  })

  test('takes names as they are: quotes, SQL and format marks in them do nothing', async () => {
    const script = `
      create schema "Odd Schema";
      create table "Odd Schema"."sub""; drop table public.traders; --"
        ("User Id" uuid primary key, "tier""); drop table public.traders; --" text, "st'atus" text);
      create table "Odd Schema"."select" ("User Id" uuid, "from" text);
      create table "Odd Schema".bots ("ID" int, owner uuid, "na""me" text, "is on?" boolean, "%s %I" json);`
    await t.db.executeQuery(CompiledQuery.raw(script))
    await installHost(t.db, NASTY)
    expect(await triggers()).toHaveLength(1)

    const userId = randomUUID()
    const rows = `
      insert into "Odd Schema"."sub""; drop table public.traders; --" values ('${userId}', 'elite', 'trialing');
      insert into "Odd Schema"."select" values ('${userId}', 'a@example.test');
      insert into "Odd Schema".bots values (7, '${userId}', 'mine', true, '{"a": 1}'), (8, null, 'all', true, '{}')`
    await t.db.executeQuery(CompiledQuery.raw(rows))
    expect(await findSubscription(t.db, userId)).toEqual({ tier: 'elite', status: 'trialing' })
    expect(await findUserEmail(t.db, userId)).toBe('a@example.test')
    expect(await listCustomTraders(t.db, userId)).toEqual([{ id: '7', name: 'mine', definition: { a: 1 } }])
    expect(await findWant(t.db, userId)).toMatchObject({ wantedVersion: 1, source: 'trigger' })
    expect((await sql`select to_regclass('public.traders')::text as name`.execute(t.db)).rows).toEqual([
      { name: 'traders' },
    ])

    await installHost(t.db)
    expect(await triggers()).toEqual(['user_subscriptions'])
  })

  test.each<[string, HostMapping, string | RegExp]>([
    [
      'a table that is not there',
      withSubscriptions({ table: 'public.subs' }),
      'there is no table public.subs',
    ],
    [
      'SQL for a table',
      withSubscriptions({ table: 'public.traders; drop table public.traders' }),
      /there is no table|invalid name/,
    ],
    ['a column that is not there', withSubscriptions({ tier: 'plan' }), 'has no column "plan"'],
    ['a user id that is no uuid', withSubscriptions({ user_id: 'tier' }), 'is text, not uuid'],
    ['a key left out', withSubscriptions({ tier: undefined }), 'subscriptions.tier is missing'],
    [
      'a misspelled key',
      withSubscriptions({ statuss: 'status' }),
      'subscriptions.statuss is not a known key',
    ],
    [
      'a misspelled part',
      { ...DEFAULT_HOST_MAPPING, webhok: {} } as HostMapping,
      '"webhok" is not a known key',
    ],
    [
      'signals whose payload goes into a time',
      { ...DEFAULT_HOST_MAPPING, signals: { ...DEFAULT_HOST_MAPPING.signals!, payload: 'created_at' } },
      'is timestamp with time zone, not jsonb',
    ],
    [
      'executions without an outcome',
      { ...DEFAULT_HOST_MAPPING, executions: { ...DEFAULT_HOST_MAPPING.executions!, outcome: '' } },
      'has no column',
    ],
    [
      'a webhook without a secret',
      { ...DEFAULT_HOST_MAPPING, webhook: { url: 'https://x', secret_name: '' } },
      'secret_name',
    ],
    [
      'a webhook to nowhere',
      { ...DEFAULT_HOST_MAPPING, webhook: { url: 'file:///x', secret_name: 'x' } },
      'http',
    ],
    [
      'two rows for one user',
      withSubscriptions({ table: 'public.traders', tier: 'name', status: 'name', updated_at: 'created_at' }),
      'unique index',
    ],
  ])('refuses %s, and changes nothing', async (_what, mapping, message) => {
    await expect(installHost(t.db, mapping)).rejects.toThrow(message)
    expect(await findHostMapping(t.db)).toEqual(DEFAULT_HOST_MAPPING)
    expect(await triggers()).toEqual(['user_subscriptions'])
  })
})

describe('what Hangar reads of the host', () => {
  const t = useTestDatabase()

  test('custom traders are the enabled ones of that user, never built-in ones', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const other = await createUser(t.db, { tier: 'pro' })
    const { traderId } = await createTrader(t.db, userId, { name: 'mine', filter: { rsi: 30 } })
    await createTrader(t.db, userId, { enabled: false })
    await createTrader(t.db, other.userId)
    await createTrader(t.db, null)
    expect(await listCustomTraders(t.db, userId)).toEqual([
      { id: traderId, name: 'mine', definition: { rsi: 30 } },
    ])
  })

  test('a user exists with a profile, with a subscription, or not at all', async () => {
    const { userId, email } = await createUser(t.db, { tier: null })
    expect(await userExists(t.db, userId)).toBe(true)
    expect(await findSubscription(t.db, userId)).toBeNull()
    expect(await findUserEmail(t.db, userId)).toBe(email)
    expect(await userExists(t.db, randomUUID())).toBe(false)
  })
})

describe('on a table in use', () => {
  const t = useTestDatabase()

  test('where a transaction of the host stays open it is tried again, and holds up nobody meanwhile', async () => {
    const other = withSubscriptions({ status: undefined })
    let installed: Promise<void> | undefined
    let isDone = false
    await t.db.transaction().execute(async (tx) => {
      await sql`update public.user_subscriptions set tier = 'free' where false`.execute(tx)
      installed = installHost(t.db, other).then(() => {
        isDone = true
      })
      // It waits behind us for a moment only: whoever writes now is let through.
      await waitFor(
        async () => {
          const { rows } = await sql`select from pg_stat_activity where datname = current_database()
            and wait_event_type = 'Lock' and query like '%install_host%'`.execute(t.db)
          return rows.length > 0
        },
        { what: 'the install to wait for the table' },
      )
      await sql`update public.user_subscriptions set tier = 'free' where false`.execute(t.db)
      expect(isDone).toBe(false)
    })
    await installed
    expect(await findHostMapping(t.db)).toEqual(JSON.parse(JSON.stringify(other)))
    await installHost(t.db)
  })
})

test('what is in use for too long is said, after so many attempts', async () => {
  const busy = new pg.DatabaseError('canceling statement due to lock timeout', 0, 'error')
  busy.code = '55P03'
  let made = 0
  const attempt = () => {
    made++
    return Promise.reject(busy)
  }
  await expect(withLockRetries(attempt, 2)).rejects.toMatchObject({ code: 'host_busy' })
  expect(made).toBe(2)
})
