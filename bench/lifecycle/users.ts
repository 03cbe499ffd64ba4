/** Many users at once, upgraded and downgraded as the product would: one UPDATE, and a webhook's wake for each. */
import { setTimeout as delay } from 'node:timers/promises'

import type { Lane } from '@hangar/core'
import { wake, type Queues } from '@hangar/jobs'
import type pg from 'pg'

const POLL_MS = 20
const CONCURRENT_WAKES = 50
const GIVE_UP_MS = 300_000

export type Crowd = { pool: pg.Pool; queues: Queues }

export async function createUsers({ pool }: Crowd, count: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `with new_users as (
       insert into auth.users (id, email)
       select id, id || '@example.test' from (select gen_random_uuid() as id from generate_series(1, $1)) ids
       returning id, email
     ), profiles as (
       insert into public.user_profiles (id, email) select id, email from new_users on conflict (id) do nothing
     )
     insert into public.user_subscriptions (user_id, tier, status) select id, 'free', 'active' from new_users
     returning user_id as id`,
    [count],
  )
  return rows.map(({ id }) => id)
}

/** Resolves, with the milliseconds it took, when every one of the users has an app in that status. */
export async function moveAll(
  { pool, queues }: Crowd,
  users: string[],
  to: { tier: string; lane: Lane; status: string },
): Promise<number> {
  const startedAt = performance.now()
  await pool.query('update public.user_subscriptions set tier = $2 where user_id = any($1)', [users, to.tier])
  for (let from = 0; from < users.length; from += CONCURRENT_WAKES) {
    const group = users.slice(from, from + CONCURRENT_WAKES)
    await Promise.all(group.map((userId) => wake(queues, { userId, lane: to.lane })))
  }
  while ((await countIn(pool, users, to.status)) < users.length) {
    if (performance.now() - startedAt > GIVE_UP_MS) throw new Error(await describe(pool, users, to.status))
    await delay(POLL_MS)
  }
  return performance.now() - startedAt
}

async function countIn(pool: pg.Pool, users: string[], status: string): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    'select count(*) from public.user_fly_apps where user_id = any($1) and status = $2',
    [users, status],
  )
  return Number(rows[0]?.count)
}

async function describe(pool: pg.Pool, users: string[], status: string): Promise<string> {
  const { rows } = await pool.query<{ status: string; count: string; error: string | null }>(
    `select status, count(*), max(error_message) as error from public.user_fly_apps
     where user_id = any($1) group by status`,
    [users],
  )
  return `Not all of ${users.length} became ${status}: ${JSON.stringify(rows)}`
}
