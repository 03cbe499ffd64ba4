/** Hangar is taken off the product's tables while the services run: no user is found any more, and no app is ended. */
import { installHost, openHost, raiseWant, uninstallHost } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { sweepDifferences } from './differences.ts'

const engine = useEngine()
const never = new AbortController().signal

const machinesOf = (flyAppName: string | null) =>
  [...(engine.sim.sim.world.apps.get(flyAppName ?? '')?.machines.values() ?? [])].map(({ id, state }) => [
    id,
    state,
  ])

test('uninstalled under running services: each app stays as it is, whoever asks, until it is installed again', async () => {
  const { db } = engine.database
  const { userId } = await createUser(db, { tier: 'pro' })
  await engine.drive(userId)
  const before = await engine.live(userId)
  const machines = machinesOf(before.flyAppName)
  expect([before.status, machines]).toEqual(['active', [[before.flyMachineId, 'started']]])

  await uninstallHost(db)
  expect(await sweepDifferences(engine.deps, never)).toBe(0)
  await raiseWant(db, userId, 'sweep')
  expect(await engine.drive(userId)).toEqual({ kind: 'done', again: false })
  expect(await engine.live(userId)).toMatchObject({
    id: before.id,
    status: 'active',
    teardownStartedAt: null,
  })
  expect(machinesOf(before.flyAppName)).toEqual(machines)

  // Else nothing above would show that anybody had looked.
  await installHost(db)
  await openHost(db)
  await setTier(db, userId, 'free')
  await engine.drive(userId)
  expect((await engine.generations(userId))[0]).toMatchObject({ id: before.id, status: 'deleted' })
})
