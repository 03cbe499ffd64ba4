/** A machine that was deleted keeps its name for a while: whoever needs the name waits for it, and adopts no dying machine. */
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'

const engine = useEngine({ delays: { destroyMs: [300, 300] } })

test('after a start that failed, the next machine waits for the name, and only the start counts as a failure', async () => {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  engine.sim.sim.faults.add({ kind: 'start_failed', count: 1 })
  await engine.drive(userId)
  expect(await engine.live(userId)).toMatchObject({ status: 'active', errorCode: null })
  const refused = engine.sim.sim.calls
    .list({ operation: 'machines.create' })
    .filter(({ status }) => status === 409)
  expect(refused.length).toBeGreaterThan(0)
  const types = await engine.eventTypes(userId)
  expect(types.filter((type) => type === 'provision_retried')).toHaveLength(1)
  expect(types.filter((type) => type === 'provision_machine_created')).toHaveLength(2)
})
