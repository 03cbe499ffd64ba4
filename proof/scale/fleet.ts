/** A fleet on virtual time: the simulation at production's pace, with production's intervals and settings. */
import { SCHEDULES } from '@hangar/jobs'
import type { Store } from '../simulation/database.ts'
import { Simulation } from '../simulation/simulation.ts'
import { Chorus } from './chorus.ts'
import { Meter } from './meter.ts'

export type FleetOptions = {
  store: Store
  users: number
  workers: number
  slots: number
  seed: number
  /** Whether relay and sweeps come by the clock. Default true. */
  sweeps?: boolean
}

export type Fleet = {
  simulation: Simulation
  meter: Meter
  chorus: Chorus
  options: FleetOptions
  /** They go first, one after the other, each alone: so that there is something to multiply. */
  pilots: readonly string[]
  /** Upgrades in the middle of what all others do, to see whether a crowd is in the way. */
  latecomer: string
  /** As many as were asked for. */
  crowd: readonly string[]
  /** When the last tiers were changed. */
  changedAt: Date
}

/** Fly's stand-in draws how long it takes: one alone would be a matter of luck. */
const PILOTS = 8
/** services/scheduler */
const RELAY = { relayMs: 1_000, wakesAtOnce: 50 }
const SWEEPS_MS = Object.fromEntries(SCHEDULES.map(({ id, everyMs }) => [id, everyMs]))
/** More than any fleet makes. */
const CALLS = 50_000_000
const LOOK_EVERY_MS = 1_000
/** No single act takes longer. */
const LONGEST_MS = 3_600_000

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { store, users, workers, slots, seed, sweeps = true } = options
  const meter = new Meter()
  const chorus = new Chorus()
  const simulation = new Simulation({
    seed,
    store,
    users: users + 1 + PILOTS,
    workers,
    engine: { reconcile: meter.reconcile },
    intervals: sweeps ? { ...RELAY, sweepsMs: SWEEPS_MS } : { relayMs: null },
    fleet: { slots, delays: 'realistic', calls: CALLS, rest: chorus.join },
  })
  meter.attach(simulation)
  await simulation.start()
  // Histories are too short for an hour's grace; a fleet's life is not.
  await store.client.query(`delete from hangar.settings where name = 'orphans'`)
  chorus.start(simulation)
  const [latecomer = '', ...others] = simulation.users
  const pilots = others.slice(0, PILOTS)
  const crowd = others.slice(PILOTS)
  return { simulation, meter, chorus, options, pilots, latecomer, crowd, changedAt: new Date(0) }
}

/** The product changes many at once, in one statement; no webhook tells of it, so it is left to the relay. */
export async function setTiers(fleet: Fleet, users: readonly string[], tier: string): Promise<void> {
  const { simulation } = fleet
  const at = new Date(simulation.time.nowMs)
  fleet.changedAt = at
  await ask(
    fleet,
    `update public.user_subscriptions set tier = $2, updated_at = now() where user_id = any($1::uuid[])`,
    [users, tier],
  )
  simulation.sqlClock.writes++
  for (const userId of users) {
    simulation.tiers.set(userId, tier)
    simulation.tierChanges.push({ userId, entitled: tier !== 'free', notBefore: at, committedBy: at })
  }
}

/** A question that is no turn of anybody's. */
export async function ask<Row extends Record<string, unknown>>(
  { simulation }: Fleet,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  simulation.sqlClock.tell()
  return (await simulation.store.client.query<Row>(sql, values)).rows
}

/** As autovacuum does within a minute; here a minute may be over in a second. */
export async function vacuum(fleet: Fleet): Promise<void> {
  await ask(fleet, 'vacuum analyze')
}

/** Lets the time go on until it is over, and says when that was. */
export async function during({ simulation }: Fleet, promise: Promise<unknown>): Promise<number> {
  let endedAtMs = Infinity
  const ended = promise.finally(() => (endedAtMs = simulation.time.nowMs))
  ended.catch(() => undefined)
  await simulation.run(LONGEST_MS, () => endedAtMs < Infinity)
  await ended
  return endedAtMs
}

/** Lets the time go on until it is so. */
export async function until(
  { simulation }: Fleet,
  what: string,
  isSo: () => Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const endMs = simulation.time.nowMs + limitMs
  while (!(await isSo())) {
    if (simulation.time.nowMs > endMs)
      throw new Error(`${what}: not within ${limitMs / 60_000} virtual minutes`)
    await simulation.run(LOOK_EVERY_MS)
  }
}

/** Nobody of them has work left, and nobody works on them. */
export async function isDone(fleet: Fleet, users: readonly string[]): Promise<boolean> {
  const [row] = await ask<{ busy: boolean }>(
    fleet,
    `select exists (
       select from hangar.user_wants want left join hangar.user_work work using (user_id)
       where want.user_id = any($1::uuid[]) and (want.wanted_version > coalesce(work.done_version, 0)
         or work.lease_expires_at > hangar.now())) as busy`,
    [users],
  )
  return row?.busy === false
}
