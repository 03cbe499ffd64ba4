/** Somebody with access to Fly who is not Hangar, and stops or destroys the machine of an app that works. */
import type { Simulation } from './simulation.ts'
import { newActor } from './virtual-time.ts'

export type Deed = 'stop' | 'destroy'

const SOMEBODY = newActor('somebody')

/**
 * Only a machine of which the listing is believed by now, so that the health sweep notices soon: younger ones are
 * noticed after two minutes, which is longer than a history waits.
 */
export async function touchMachine(simulation: Simulation, user: string, deed: Deed): Promise<void> {
  const { scheduler, sqlClock, store, memory } = simulation
  await scheduler.turn(SOMEBODY, 'other', `${deed}s the machine of ${user.slice(-4)}`, async () => {
    sqlClock.tell()
    const { rows } = await store.client.query<{ machine: string }>(
      `select fly_machine_id as machine from public.user_fly_apps
       where user_id = $1 and deleted_at is null and status = 'active' and operation is null
         and launched_at <= hangar.now() - interval '2 minutes'`,
      [user],
    )
    const machine = memory.sim.world.machines.get(rows[0]?.machine ?? '')
    if (machine?.state !== 'started') return
    simulation.count(`machine by hand: ${deed}`)
    simulation.wasTouched = true
    if (deed === 'stop') memory.sim.lifecycle.stop(machine, { signal: 'SIGTERM', timeoutMs: 5_000 })
    else memory.sim.lifecycle.destroy(machine, true)
  })
}
