/** What happens to services: they are killed, asked to end, or stand still for longer than a lease. */
import type { Replica } from '../rig/replica.ts'
import type { Deed, Stage } from './deed.ts'

const DOWN_MS = [100, 3_000] as const
/** A lease lasts 15 s; a job that stands still is given to another worker after 30 to 60 s more. */
const FROZEN_MS = [16_000, 21_000] as const
const FROZEN_AT_WORK_MS = [35_000, 70_000] as const
const LOOK_MS = 15
const LOOKS = 200
const ENOUGH_LEASES = 2

const any = ({ rig, dice }: Stage) => dice.pick(rig.replicas).name
const worker = ({ rig, dice }: Stage) =>
  dice.pick(rig.replicas.filter(({ service }) => service === 'worker')).name

function named({ rig }: Stage, name: string): Replica {
  const replica = rig.replicas.find((one) => one.name === name)
  if (!replica) throw new Error(`no replica ${name}`)
  return replica
}

export const killService: Deed = { kind: 'SIGKILL a service', on: any, run: kill }
export const killWorker: Deed = { kind: 'SIGKILL a worker at work', on: worker, run: atWork(kill) }

export const restartService: Deed = {
  kind: 'SIGTERM a service',
  on: any,
  run: async (stage, name) => {
    const replica = named(stage, name)
    await replica.stop()
    await replica.start()
    return `${name} was asked to end and started again`
  },
}

export const freezeService: Deed = { kind: 'SIGSTOP a service', on: any, run: freeze(FROZEN_MS) }
export const freezeWorker: Deed = {
  kind: 'SIGSTOP a worker at work',
  on: worker,
  run: atWork(freeze(FROZEN_AT_WORK_MS)),
}

async function kill(stage: Stage, name: string): Promise<string> {
  const replica = named(stage, name)
  await replica.kill()
  const downMs = stage.dice.between(...DOWN_MS)
  await stage.pause(downMs)
  await replica.start()
  return `${name} was killed, and started after ${downMs} ms`
}

function freeze(rangeMs: readonly [number, number]): Deed['run'] {
  return async (stage, name) => {
    const replica = named(stage, name)
    const frozenMs = stage.dice.between(...rangeMs)
    replica.freeze()
    await stage.pause(frozenMs)
    replica.thaw()
    return `${name} stood still for up to ${frozenMs} ms`
  }
}

/** The same, once it holds as many leases as it may be seen to hold: what matters happens in the middle of work. */
function atWork(run: Deed['run']): Deed['run'] {
  return async (stage, name) => {
    let leases = 0
    for (let look = 0; look < LOOKS && leases < ENOUGH_LEASES; look++) {
      await stage.pause(LOOK_MS)
      leases = await leasesOf(stage, named(stage, name).pid)
    }
    return `${(await run(stage, name)) ?? name}, while it held ${leases} leases`
  }
}

/** Owners of leases are named after their process. */
async function leasesOf({ db }: Stage, pid: number | null): Promise<number> {
  const rows = await db
    .selectFrom('hangar.userWork')
    .select('owner')
    .where('owner', 'is not', null)
    .execute()
    // PostgreSQL may be in another deed's hands.
    .catch(() => [])
  return rows.filter(({ owner }) => owner?.split(':').includes(String(pid))).length
}
