/** The ledger is about the app's own machine, whatever becomes of another one beside it. */
import { type AppRow, recordHeartbeat } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'

const engine = useEngine()

test('an extra machine that is stopped first does not end the cost of the one that runs on', async () => {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  // One that never asked what to run needs no drain, so all its machines are stopped in one go.
  const app = async (row: AppRow) => {
    if (row.flyMachineId === null) return
    await recordHeartbeat(engine.database.db, row.id, { machineId: row.flyMachineId, runningTraderIds: [] })
  }
  await engine.drive(userId, { app })
  const { flyAppName, flyMachineId } = await engine.live(userId)
  const { machines } = engine.deps.fly
  const { config } = await machines.get(flyAppName, flyMachineId!)
  const extra = await machines.create(flyAppName, { name: 'another', region: 'iad', config: config! })
  await machines.wait(flyAppName, extra.id, { states: ['started'], timeoutMs: 5_000 })
  listLast(flyAppName, flyMachineId!)
  const stop = { operation: 'machines.stop', machine: flyMachineId! }
  engine.sim.sim.faults.add({ kind: 'machine_limit', match: stop })
  await setTier(engine.database.db, userId, 'free')
  expect((await engine.drive(userId, { app })).kind).toBe('never')

  const stopped = (await engine.events(userId)).filter(({ eventType }) =>
    eventType.endsWith('machine_stopped'),
  )
  expect(stopped.map(({ metadata }) => metadata)).toMatchObject([{ machine_id: extra.id }])
  const intervals = await queryRows<{ state: string }>(
    engine.database.url,
    `select state from hangar.cost_intervals where user_id = '${userId}' and ended_at is null`,
  )
  expect(intervals).toEqual([{ state: 'running' }])
})

/** Fly lists machines in no order that it promises. */
function listLast(app: string, machineId: string): void {
  const { machines } = engine.sim.sim.world.apps.get(app)!
  const own = machines.get(machineId)!
  machines.delete(machineId)
  machines.set(machineId, own)
}
