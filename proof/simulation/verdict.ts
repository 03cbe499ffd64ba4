/** Whether all is as the last tiers say, and what is not; and what the checker of all campaigns says of the way there. */
import { DEFAULT_POLICY, type Guest } from '@hangar/core'
import { check, type Violation } from '../checker/index.ts'
import { readFly, readRows } from '../checker/read.ts'
import type { Simulation } from './simulation.ts'

type State = {
  userId: string
  wanted: number
  done: number
  leased: boolean
  /** Since when a call that got no answer may still be carried out, in epoch milliseconds: somebody will look again. */
  lateSinceMs: number | null
  /** When a pause after failures ends, in epoch milliseconds. */
  pausedUntilMs: number | null
  status: string | null
  operation: string | null
  app: string | null
  machine: string | null
  cpus: number | null
  memoryMb: number | null
}

/** What the database says of every user, in one look that is no turn. */
export async function readStates(simulation: Simulation): Promise<State[]> {
  simulation.sqlClock.tell()
  const { rows } = await simulation.store.client.query<State>(
    `select u.id as "userId", coalesce(want.wanted_version, 0) as wanted, coalesce(work.done_version, 0) as done,
       coalesce(work.lease_expires_at > hangar.now(), false) as leased,
       (extract(epoch from work.overtaken_at) * 1000)::double precision as "lateSinceMs",
       case when work.failed_attempts > 0 then extract(epoch from work.next_attempt_at) * 1000 end::double precision
         as "pausedUntilMs",
       app.status, app.operation, app.fly_app_name as app, app.fly_machine_id as machine, app.cpus,
       app.memory_mb as "memoryMb"
     from unnest($1::uuid[]) u (id)
     left join hangar.user_wants want on want.user_id = u.id
     left join hangar.user_work work on work.user_id = u.id
     left join public.user_fly_apps app on app.user_id = u.id and app.deleted_at is null`,
    [simulation.users],
  )
  return rows
}

/** Nothing is under way, and nothing is due: a job that is parked for a user who is done will find nothing to do. */
export function atRest(simulation: Simulation, states: readonly State[]): boolean {
  return (
    states.every((state) => state.wanted <= state.done && !state.leased) &&
    simulation.lanes.idle &&
    // Accepted and on its way: Fly takes its time over it.
    [...simulation.memory.sim.world.apps.values()].every((app) => !app.deleting)
  )
}

/** What differs from what the last tiers say; empty when the last tier has won everywhere. */
export function differences(simulation: Simulation, states: readonly State[]): string[] {
  const found: string[] = []
  for (const state of states) {
    const tier = simulation.tiers.get(state.userId) ?? 'free'
    const guest = (DEFAULT_POLICY.guests as Record<string, Guest>)[tier]
    const who = `user ${state.userId.slice(-4)} on ${tier}`
    if (guest === undefined) {
      if (state.app !== null) found.push(`${who} still has ${state.app}, ${state.status}`)
      continue
    }
    if (state.app === null) {
      found.push(`${who} has no app`)
      continue
    }
    if (state.status !== 'active' || state.operation !== null)
      found.push(`${who}: ${state.app} is ${state.status}, under ${state.operation}`)
    if (state.cpus !== guest.cpus || state.memoryMb !== guest.memoryMb)
      found.push(`${who}: the row says ${state.cpus} CPUs, ${state.memoryMb} MB`)
    found.push(...onFly(simulation, state, guest).map((what) => `${who}: ${what}`))
  }
  return found
}

/** Apps on Fly that no live row knows. `late`: made after its row was closed, by a call that came too late. */
export async function orphans(simulation: Simulation): Promise<{ name: string; late: boolean }[]> {
  const { apps } = simulation.memory.sim.world
  if (apps.size === 0) return []
  const { rows } = await simulation.store.client.query<{ name: string; deletedAt: Date | null }>(
    `select fly_app_name as name, deleted_at as "deletedAt" from public.user_fly_apps`,
  )
  const rowOf = new Map(rows.map((row) => [row.name, row]))
  return [...apps.values()].flatMap(({ name, createdAtMs }) => {
    const row = rowOf.get(name)
    if (row?.deletedAt === null) return []
    return [{ name, late: row !== undefined && createdAtMs >= row.deletedAt.getTime() }]
  })
}

function onFly(simulation: Simulation, state: State, guest: Guest): string[] {
  const app = simulation.memory.sim.world.apps.get(state.app ?? '')
  if (!app) return [`${state.app} is not on Fly`]
  const machines = [...app.machines.values()].filter((machine) => machine.state !== 'destroyed')
  const [machine, ...more] = machines
  if (!machine) return [`${app.name} has no machine`]
  const found: string[] = []
  if (more.length > 0) found.push(`${app.name} has ${machines.length} machines`)
  if (machine.id !== state.machine) found.push(`the row says machine ${state.machine}, Fly has ${machine.id}`)
  if (machine.state !== 'started') found.push(`machine ${machine.id} is ${machine.state}`)
  const { cpus, memory_mb: memoryMb } = machine.config.guest
  if (cpus !== guest.cpus || memoryMb !== guest.memoryMb)
    found.push(`machine ${machine.id} has ${cpus} CPUs, ${memoryMb} MB`)
  return found
}

/** What the checker that all campaigns share says. */
export async function judge(simulation: Simulation): Promise<Violation[]> {
  const { memory, store, tierChanges, tiers } = simulation
  const guests = DEFAULT_POLICY.guests as Record<string, Guest>
  const rows = await readRows(store.reader)
  const nowMs = simulation.time.nowMs
  return check({
    ...rows,
    // A worker that was killed gives nothing back: its lease ends by itself.
    works: rows.works.map((work) =>
      Number(work.leaseExpiresAt ?? 0) <= nowMs ? { ...work, owner: null, leaseExpiresAt: null } : work,
    ),
    calls: memory.sim.calls.list(),
    tierChanges,
    flyAtTheEnd: readFly(memory.sim),
    users: [...tiers].map(([userId, tier]) => ({ userId, guest: guests[tier] ?? null })),
    appPrefix: 'vyx-user-',
    // The host's other tables, logs and secrets are looked at by the campaigns with real processes.
    retained: { before: {}, after: {} },
    earlierEvents: [],
    brakeSpells: simulation.operator.spells,
    // Its apps look at that themselves, at each turn.
    tradingSpells: [],
    surfaces: [],
    secrets: [],
  })
}
