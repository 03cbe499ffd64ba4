/** A machine that was told that another has taken its place, and that the row comes to name after all. */
import { findHeartbeat, raiseWant, recordBootstrap, recordHeartbeat, recordRefusal } from '@hangar/db'
import { createUser, runSql } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'

const engine = useEngine()
const db = () => engine.database.db

test('a database that was put back to an older machine: the one that is there is restarted, and trades again', async () => {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  const { id, flyAppName, flyMachineId } = await engine.live(userId)
  await runSql(
    engine.database.url,
    `update public.user_fly_apps set fly_machine_id = 'older', fly_instance_id = null where id = '${id}'`,
  )
  await recordRefusal(db(), id, flyMachineId!)
  await raiseWant(db(), userId, 'health')
  const restarts = () => engine.sim.sim.calls.list({ app: flyAppName, operation: 'machines.restart' })
  // Idle since it was refused, it says nothing until it is started anew.
  await engine.drive(userId, {
    app: async (row) => {
      if (restarts().length === 0 || row.flyMachineId === null) return
      await recordBootstrap(db(), id, row.flyMachineId)
      await recordHeartbeat(db(), id, { machineId: row.flyMachineId, runningTraderIds: [] })
    },
  })
  expect(restarts()).toHaveLength(1)
  expect(await engine.live(userId)).toMatchObject({
    flyMachineId,
    status: 'active',
    operation: null,
    retryCount: 0,
  })
  expect(await findHeartbeat(db(), id)).toMatchObject({ refusedMachineId: null })
  await engine.drive(userId)
  expect(restarts()).toHaveLength(1)
})
