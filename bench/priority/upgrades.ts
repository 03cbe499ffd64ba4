/** Users who upgrade one after the other, and when the worker began to work for each. */
import { setTimeout as delay } from 'node:timers/promises'

import { wake, type Queues } from '@hangar/jobs'
import { waitFor } from '@hangar/testkit/local'
import type pg from 'pg'

import { askFly, type Fly } from '../lib/fly.ts'

const GIVE_UP_MS = 60_000

/** From the product's UPDATE. `eventMs`: to the first event of the provisioning; `callMs`: to the first call to Fly. */
export type Started = { eventMs: number; callMs: number; sweepsUnderWay: number }

export type Scene = { pool: pg.Pool; queues: Queues; fly: Fly }

/** Each as the product and the webhook do it: the tier in Postgres, then a wake. */
export async function upgradeAll(
  scene: Scene,
  users: readonly string[],
  everyMs: number,
): Promise<Started[]> {
  const { pool, queues } = scene
  const upgraded: { userId: string; atMs: number; sweepsUnderWay: number }[] = []
  for (const userId of users) {
    const sweepsUnderWay = await countSweeps(queues)
    const atMs = performance.timeOrigin + performance.now()
    await pool.query(`update public.user_subscriptions set tier = 'pro' where user_id = $1`, [userId])
    await wake(queues, { userId, lane: 'provision' })
    upgraded.push({ userId, atMs, sweepsUnderWay })
    await delay(everyMs)
  }
  const events = await waitFor(() => firstEvents(pool, users), {
    what: 'every upgrade to begin',
    timeoutMs: GIVE_UP_MS,
  })
  const calls = await waitFor(() => firstCalls(scene, users), {
    what: 'a call to Fly for each upgrade',
    timeoutMs: GIVE_UP_MS,
  })
  return upgraded.map(({ userId, atMs, sweepsUnderWay }) => ({
    eventMs: (events.get(userId) ?? Number.NaN) - atMs,
    callMs: (calls.get(userId) ?? Number.NaN) - atMs,
    sweepsUnderWay,
  }))
}

async function countSweeps({ health, cost, sweep }: Queues): Promise<number> {
  const counts = await Promise.all([health, cost, sweep].map((queue) => queue.getActiveCount()))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Null until everybody has one. */
async function firstEvents(pool: pg.Pool, users: readonly string[]): Promise<Map<string, number> | null> {
  const { rows } = await pool.query<{ id: string; ms: number }>(
    `select user_id as id, min(extract(epoch from created_at) * 1000)::double precision as ms
     from public.user_fly_app_events where user_id = any($1) group by user_id`,
    [users],
  )
  return rows.length === users.length ? new Map(rows.map(({ id, ms }) => [id, ms])) : null
}

/** Null until everybody has one. The stand-in has a clock of its own. */
async function firstCalls(
  { pool, fly }: Scene,
  users: readonly string[],
): Promise<Map<string, number> | null> {
  const { rows } = await pool.query<{ id: string; app: string }>(
    `select user_id as id, fly_app_name as app from public.user_fly_apps where user_id = any($1)`,
    [users],
  )
  const userOf = new Map(rows.map(({ id, app }) => [app, id]))
  const { calls } = await askFly<{ calls: { app: string | null; atMs: number }[] }>(fly, 'calls')
  const { nowMs } = await askFly<{ nowMs: number }>(fly, 'clock')
  const aheadMs = nowMs - performance.timeOrigin - performance.now()
  const first = new Map<string, number>()
  for (const { app, atMs } of calls) {
    const userId = userOf.get(app ?? '')
    if (userId !== undefined && !first.has(userId)) first.set(userId, atMs - aheadMs)
  }
  return first.size === users.length ? first : null
}
