import { createUser, useTestDatabase } from '@hangar/testkit'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { DEFAULT_HOST_MAPPING, HOST_PARTS, installHost, type HostMapping } from './install-host.ts'
import { findMissingRights, hostNeed } from './install-state.ts'
import { openHost, replaceHost } from './service-roles.ts'

const t = useTestDatabase()
let role: string

beforeEach(async () => {
  role = `hangar_test_${Math.random().toString(36).slice(2)}`
  await sql`create role ${sql.ref(role)}`.execute(t.db)
})
afterEach(async () => {
  await sql`drop owned by ${sql.ref(role)}`.execute(t.db)
  await sql`drop role ${sql.ref(role)}`.execute(t.db)
})

const becomes = (kind: string) =>
  sql`select hangar.grant_service_role(${role}::regrole, ${kind})`.execute(t.db)
/** Other tests' roles may have lost something too. */
const missing = async () =>
  (await findMissingRights(t.db)).missing.filter((said) => said.startsWith(`${role}: `))
const without = (...parts: (keyof HostMapping)[]): HostMapping =>
  Object.fromEntries(
    Object.entries(DEFAULT_HOST_MAPPING).filter(([part]) => !parts.includes(part as keyof HostMapping)),
  ) as HostMapping
const asRole = (statement: string) =>
  t.db.transaction().execute(async (tx) => {
    await sql`set local role ${sql.ref(role)}`.execute(tx)
    return sql.raw(statement).execute(tx)
  })

describe('what a role lacks of the product’s tables', () => {
  test('a column that the mapping names by now', async () => {
    const { status, ...subscriptions } = DEFAULT_HOST_MAPPING.subscriptions
    await installHost(t.db, { ...DEFAULT_HOST_MAPPING, subscriptions })
    await becomes('worker')
    await openHost(t.db)
    expect(await missing()).toEqual([])

    await installHost(t.db)
    expect(status).toBe('status')
    expect(await missing()).toEqual([`${role}: select (status) on public.user_subscriptions`])
    await openHost(t.db)
    expect(await missing()).toEqual([])
  })

  test('a part that came later: its columns, its sequence, and a policy where rows are guarded', async () => {
    await sql`alter table public.trader_signals enable row level security`.execute(t.db)
    await installHost(t.db, without('signals', 'executions'))
    await becomes('api')
    await openHost(t.db)
    expect(await missing()).toEqual([])

    await installHost(t.db, without('executions'))
    const [said] = await missing()
    expect(said).toContain('insert (payload) on public.trader_signals')
    expect(said).toContain('a policy for insert on public.trader_signals')
    await openHost(t.db)
    expect(await missing()).toEqual([])
    // Where it is only the policy that is missing.
    const { rows } = await sql<{ name: string }>`select polname as name from pg_policy
      where polrelid = 'public.trader_signals'::regclass and polname like 'hangar\\_insert\\_%'`.execute(t.db)
    for (const { name } of rows)
      await sql`drop policy ${sql.ref(name)} on public.trader_signals`.execute(t.db)
    expect(await missing()).toEqual([`${role}: a policy for insert on public.trader_signals`])
    await sql`create policy by_hand on public.trader_signals to public with check (true)`.execute(t.db)
    expect(await missing()).toEqual([])
    await sql`drop policy by_hand on public.trader_signals`.execute(t.db)
  })

  test('a column that is gone', async () => {
    await installHost(t.db)
    await becomes('api')
    await openHost(t.db)
    await sql`alter table public.trader_signals rename column client_id to sent_id`.execute(t.db)
    expect(await missing()).toEqual([`${role}: insert (client_id) on public.trader_signals`])
    await sql`alter table public.trader_signals rename column sent_id to client_id`.execute(t.db)
  })

  test('is told to the services’ own roles too, who may not use every schema', async () => {
    await sql`create schema if not exists elsewhere`.execute(t.db)
    await sql`create table elsewhere.notices (user_id uuid, title text, body text)`.execute(t.db)
    const notifications = { table: 'elsewhere.notices', user_id: 'user_id', title: 'title', body: 'body' }
    await installHost(t.db, { ...DEFAULT_HOST_MAPPING, notifications })
    await becomes('api')
    await openHost(t.db)
    const seen = await t.db.transaction().execute(async (tx) => {
      await sql`set local role ${sql.ref(role)}`.execute(tx)
      return findMissingRights(tx)
    })
    expect(seen.roles).toContain(role)
    expect(seen.missing.filter((said) => said.startsWith(`${role}: `))).toEqual([])
    await installHost(t.db)
  })

  test('is asked for as hangar.host_need() gives it', async () => {
    for (const kind of ['api', 'worker', 'scheduler', 'all'])
      for (const part of HOST_PARTS) {
        const { rows } = await sql<{ verb: string | null; ours: string | null }>`
          select hangar.host_need(${kind}, ${part}) as verb,
            (select ${hostNeed} from (values (${kind}, ${part})) as asked (kind, part)) as ours`.execute(t.db)
        expect({ kind, part, verb: rows[0]?.ours }).toEqual({ kind, part, verb: rows[0]?.verb })
      }
  })
})

describe('another mapping, with services at work', () => {
  test('their roles see what it names, and no more what it does not', async () => {
    const { status, ...subscriptions } = DEFAULT_HOST_MAPPING.subscriptions
    await createUser(t.db, { tier: 'pro' })
    await replaceHost(t.db, { ...DEFAULT_HOST_MAPPING, subscriptions })
    await becomes('worker')
    await openHost(t.db)
    const read = () => asRole(`select ${String(status)} from public.user_subscriptions`)
    await expect(read()).rejects.toThrow('permission denied')
    await replaceHost(t.db, DEFAULT_HOST_MAPPING)
    await read()
    await replaceHost(t.db, { ...DEFAULT_HOST_MAPPING, subscriptions })
    await expect(read()).rejects.toThrow('permission denied')
  })

  test('one that is wrong takes nothing away', async () => {
    await replaceHost(t.db, DEFAULT_HOST_MAPPING)
    await becomes('worker')
    await openHost(t.db)
    const users = { table: 'public.user_profiles', id: 'id', email: 'nowhere' }
    await expect(replaceHost(t.db, { ...DEFAULT_HOST_MAPPING, users })).rejects.toThrow('has no column')
    await asRole('select email from public.user_profiles')
    expect(await missing()).toEqual([])
  })
})
