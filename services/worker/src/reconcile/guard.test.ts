/** What changes between the look that a plan was made from and the step that carries it out. */
import { createUser, runSql, setTier, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { reconcileUser } from './job.ts'

const engine = useEngine()
const SLOW_MS = 500

/** Starts a reconcile, and acts while its call to Fly is under way. */
async function during(userId: string, operation: string, act: () => Promise<void>): Promise<void> {
  const slow = engine.sim.sim.faults.add({
    kind: 'delay',
    match: { operation },
    count: 1,
    params: { ms: SLOW_MS },
  })
  const running = reconcileUser(engine.deps, userId, new AbortController().signal)
  await waitFor(() => slow.struck === 1, { what: `${operation} to be under way` })
  await act()
  await running
}

const mutationsOf = (app: string) =>
  engine.sim.sim.calls.list({ app }).filter((call) => call.method !== 'GET' && call.applied)

describe('the guard before a step', () => {
  test('a tier that comes back before the teardown begins keeps the app as it is', async () => {
    const { db } = engine.database
    const { userId } = await createUser(db, { tier: 'pro' })
    await engine.drive(userId)
    const row = await engine.live(userId)
    const before = mutationsOf(row.flyAppName)
    await setTier(db, userId, 'free')
    // The tier is read first, then Fly: by the time the plan says "tear down", the user has paid again.
    await during(userId, 'machines.list', () => setTier(db, userId, 'pro'))
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ id: row.id, status: 'active', teardownStartedAt: null })
    expect(mutationsOf(row.flyAppName)).toEqual(before)
    expect(await engine.eventTypes(userId)).not.toContain('deprovision_started')
  })

  test('a tier that ends between two steps ends the plan: no machine is made', async () => {
    const { db } = engine.database
    const { userId } = await createUser(db, { tier: 'pro' })
    await during(userId, 'secrets.set', () => setTier(db, userId, 'free'))
    await engine.drive(userId)
    const [row] = await engine.generations(userId)
    expect(row?.status).toBe('deleted')
    const operations = mutationsOf(row!.flyAppName).map((call) => call.operation)
    expect(operations).not.toContain('machines.create')
    expect(await engine.eventTypes(userId)).toContain('provision_superseded')
  })
})

test('what Fly does not show yet is not asked for again by a worker that lost its lease meanwhile', async () => {
  const { db } = engine.database
  const { userId } = await createUser(db, { tier: 'pro' })
  const unseen = engine.sim.sim.faults.add({ kind: 'fresh_app_unauthorized', params: { ms: 60_000 } })
  const asked = () => engine.sim.sim.calls.list({ operation: 'secrets.set' }).length
  const before = asked()
  const running = reconcileUser(engine.deps, userId, new AbortController().signal)
  await waitFor(() => asked() > before, { what: 'the secrets to be refused' })
  const takeOver = `update hangar.user_work set fence = fence + 1, owner = 'another' where user_id = '${userId}'`
  await runSql(engine.database.url, takeOver)
  const byThen = asked()
  expect(await running).toEqual({ kind: 'done' })
  // One may have been on its way.
  expect(asked()).toBeLessThanOrEqual(byThen + 1)
  engine.sim.sim.faults.remove(unseen.id)
})
