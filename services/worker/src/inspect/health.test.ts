/** A health check by hand leaves a finding that is newer than the question, from one look at one machine. */
import { createUser } from '@hangar/testkit'
import { afterEach, expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { useEngine } from '../testing/engine.ts'
import { checkHealth } from './health.ts'

const engine = useEngine()
const never = new AbortController().signal
const check = (userId: string) => checkHealth(engine.deps, userId, never)
afterEach(() => engine.sim.sim.faults.clear())

/** Launched this moment: a listing would not be believed about it yet. */
async function active() {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await engine.drive(userId)
  return { userId, before: await engine.live(userId) }
}

test('what is settled is looked at anew, in one read', async () => {
  const { userId, before } = await active()
  const { calls } = engine.sim.sim
  const { lastSeq } = calls
  expect(await check(userId)).toEqual({ kind: 'done' })
  expect(calls.list({ after: lastSeq }).map(({ operation }) => operation)).toEqual(['machines.get'])
  const after = await engine.live(userId)
  expect(after.healthStatus).toBe('healthy')
  expect(after.lastHealthCheck!.getTime()).toBeGreaterThan(before.lastHealthCheck!.getTime())
})

test('a machine that is stopped, and one that is gone', async () => {
  const { userId, before } = await active()
  await engine.deps.fly.machines.stop(before.flyAppName, before.flyMachineId!)
  await check(userId)
  expect(await engine.live(userId)).toMatchObject({ healthStatus: 'unhealthy', healthFailures: 1 })
  await engine.deps.fly.machines.delete(before.flyAppName, before.flyMachineId!, { force: true })
  await check(userId)
  expect(await engine.live(userId)).toMatchObject({ healthStatus: 'unhealthy', healthFailures: 2 })
  const failed = (await engine.events(userId)).filter(({ eventType }) => eventType === 'health_check_failed')
  expect(failed).toHaveLength(1)
})

test('where Fly cannot be asked, that is the finding', async () => {
  const { userId, before } = await active()
  engine.sim.sim.faults.add({ kind: 'unauthorized', match: { operation: 'machines.get' } })
  await check(userId)
  const after = await engine.live(userId)
  expect(after.healthStatus).toBe('unknown')
  expect(after.lastHealthCheck!.getTime()).toBeGreaterThan(before.lastHealthCheck!.getTime())
})

test('an app that is being made is left to what makes it', async () => {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  await reconcileUser(engine.deps, userId, never)
  await check(userId)
  expect((await engine.live(userId)).lastHealthCheck).toBeNull()
})
