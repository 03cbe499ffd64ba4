/** An app that Fly is slow to delete: asked again after growing pauses, told of when it takes too long, ended once it goes. */
import { createUser, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const sql = (...statements: string[]) => queryRows(engine.database.url, ...statements)
const look = (userId: string) => reconcileUser(engine.deps, userId, new AbortController().signal)
const DELETING = `event_type = 'deprovision_app_deleting'`

/** Events cannot be changed but by whom no trigger sees. */
const later = (userId: string, ms: number) =>
  sql(
    `set session_replication_role = replica`,
    `update public.user_fly_apps set created_at = created_at - interval '${ms} ms' where user_id = '${userId}'`,
    `update public.user_fly_app_events set created_at = created_at - interval '${ms} ms'
     where user_id = '${userId}' and ${DELETING}`,
  )

async function stuck() {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId)
  const { flyAppName: app } = await engine.live(userId)
  engine.sim.sim.faults.add({ kind: 'app_delete_stuck', match: { app } })
  await setTier(engine.database.db, userId, 'free')
  const requests = () => engine.sim.sim.calls.list({ app, operation: 'apps.delete' }).length
  for (let looks = 0; requests() === 0 && looks < 20; looks++)
    await engine.drive(userId, { maxLooks: 1 }).catch(() => undefined)
  return { userId, requests }
}

test('looks ask again only when the pause since the last request is over', async () => {
  const { userId, requests } = await stuck()
  const pauses = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
  for (const [times, pauseMs] of pauses.entries()) {
    expect(requests()).toBe(times + 1)
    expect(await look(userId)).toMatchObject({ kind: 'again_after', reason: 'Fly still shows the app' })
    expect(requests()).toBe(times + 1)
    await later(userId, pauseMs)
    expect(await look(userId)).toMatchObject({ kind: 'again_after' })
  }
  engine.sim.sim.faults.clear()
  expect((await engine.drive(userId)).kind).toBe('done')
  expect(requests()).toBe(pauses.length + 1)
})

test('past the deadline a request is a failed attempt, and the teardown still ends when the app goes', async () => {
  const { userId, requests } = await stuck()
  await later(userId, 11 * 60_000)
  const before = requests()
  expect(await look(userId)).toMatchObject({ kind: 'retry' })
  expect(requests()).toBe(before + 1)
  expect(await engine.live(userId)).toMatchObject({ errorCode: 'app_not_deleted', retryCount: 1 })
  engine.sim.sim.faults.clear()
  await later(userId, 30_000)
  expect((await engine.drive(userId)).kind).toBe('done')
  expect((await engine.generations(userId)).map((row) => row.status)).toEqual(['deleted'])
})
