/**
 * Apps that are up and trading, as the database knows them: each with a user, a trader, a row and a placement; and the
 * receipts of what they have sent in a day and a half, of which a third may be forgotten.
 */
import { randomBytes } from 'node:crypto'

import { createKeyRing, shimToken } from '@hangar/core'
import pg from 'pg'

import { parentOf } from './cpu.ts'

export const MASTER_KEY = randomBytes(32).toString('base64')

export type FleetApp = { userId: string; traderId: string; appId: string; headers: Record<string, string> }

export async function makeFleet(
  databaseUrl: string,
  { apps: count, receipts }: { apps: number; receipts: number },
): Promise<FleetApp[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(FLEET, [count])
    await client.query(RECEIPTS, [receipts])
    await client.query('analyze')
    const { rows } = await client.query<Omit<FleetApp, 'headers'>>(`
      select app.user_id as "userId", app.id as "appId", trader.id as "traderId"
      from user_fly_apps app join traders trader using (user_id) order by app.id`)
    const ring = createKeyRing({ current: MASTER_KEY })
    return rows.map((app) => ({
      ...app,
      headers: {
        authorization: `Bearer ${shimToken(ring, app.appId)}`,
        'x-fly-machine-id': 'm1',
        'content-type': 'application/json',
      },
    }))
  } finally {
    await client.end()
  }
}

/** One statement, the triggers of the product's quota included. */
const FLEET = `
  with account as (
    insert into auth.users (email) select 'user-' || n || '@example.test' from generate_series(1, $1::int) n returning id
  ), profile as (
    insert into user_profiles (id) select id from account returning id
  ), subscription as (
    insert into user_subscriptions (user_id, tier) select id, 'pro' from profile
  ), trader as (
    insert into traders (user_id, name, enabled, filter)
    select id, 'trader', true, '{"rsi": 30, "symbols": ["BTCUSDT", "ETHUSDT"]}' from profile
  ), app as (
    insert into user_fly_apps (user_id, generation, fly_app_name, network, fly_machine_id, status, tier, region, image,
      cpu_kind, cpus, memory_mb, deployed_at)
    select id, 1, 'vyx-user-' || id, 'vyx-user-' || id, 'm1', 'active', 'pro', 'iad', 'screener:1', 'shared', 2, 512, now()
    from profile returning id, user_id
  )
  insert into hangar.trader_placement (user_id, runs_on, user_fly_app_id) select user_id, 'dedicated', id from app`

const RECEIPTS = `
  insert into hangar.shim_receipts (user_id, kind, client_id, received_at)
  select user_id, 'signal', gen_random_uuid()::text, now() - interval '36 hours' * n / $1::int
  from generate_series(1, $1::int) n
  join (select user_id, row_number() over () as place, count(*) over () as apps from user_fly_apps) app
    on app.place = 1 + n % app.apps`

/** The process of PostgreSQL that all others are children of. */
export async function postmasterPid(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return await parentOf(rows[0]?.pid ?? 0)
  } finally {
    await client.end()
  }
}
