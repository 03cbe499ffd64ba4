/**
 * The life of a fleet, in phases: one user alone, so that there is something to multiply; everybody pays; all is at rest
 * and every sweep looks at it; Redis is flushed with everybody's work in it; everybody is free again, which an operator
 * has to approve. After each, every user has exactly what their tier says, or the run has failed.
 */
import { approveBurst, listEngaged } from '@hangar/db'
import { SETTINGS } from '../simulation/settings.ts'
import { newActor } from '../simulation/virtual-time.ts'
import { type Claim, deletionsMs, relayMs, slotsMs } from './arithmetic.ts'
import { endCheck, wayCheck } from './end-check.ts'
import { ask, during, type Fleet, isDone, setTiers, until, vacuum } from './fleet.ts'
import { type Figures, sumOf } from './meter.ts'
import { everySweep, type SweepFigures } from './sweeps.ts'

export type Phase = {
  name: string
  users: number
  figures: Figures
  /** Of its users, from the change until all was done for them. */
  waits: { medianMs: number; longestMs: number }
  /** How long one upgrade took that came in the middle of it; null: none did. */
  upgradeMs: number | null
  claims: Claim[]
}

export type Life = {
  users: number
  slots: number
  phases: Phase[]
  sweeps: SweepFigures[]
  beats: number
  /** Empty: all is as it should be. */
  wrong: string[]
}

const MINUTE_MS = 60_000
/** No phase of any size that is feasible takes longer. */
const LIMIT_MS = 48 * 60 * MINUTE_MS
/** Long enough for each sweep of five minutes to have come by itself. */
const REST_MS = 6 * MINUTE_MS
const WEBHOOK_MS = 100

export async function live(fleet: Fleet, say: (line: string) => void): Promise<Life> {
  const { options } = fleet
  const wrong: string[] = []
  const checked = async (phase: Phase): Promise<Phase> => {
    const found = await endCheck(fleet)
    wrong.push(...found.map((what) => `${phase.name}: ${what}`))
    const { virtualMs, realMs } = phase.figures
    say(`${phase.name}: ${minutes(virtualMs)} virtual, ${minutes(realMs)} real, ${found.length} wrong`)
    await vacuum(fleet)
    return phase
  }
  await vacuum(fleet)
  const up = await checked(await alone(fleet, 'one alone gets an app', 'pro', 'deployed_at'))
  const down = await checked(await alone(fleet, "one alone's app is deleted", 'free', 'deleted_at'))
  const everybodyPays = await checked(await crowdUp(fleet, up))
  await fleet.simulation.run(REST_MS)
  const sweeps = await everySweep(fleet)
  const flushed = await checked(await flush(fleet))
  await setTiers(fleet, [fleet.latecomer], 'free')
  await until(fleet, 'the latecomer is free', () => isDone(fleet, [fleet.latecomer]), LIMIT_MS)
  const everybodyIsFree = await checked(await crowdDown(fleet, down))
  wrong.push(...(await wayCheck(fleet)))
  return {
    users: options.users,
    slots: options.workers * options.slots,
    phases: [up, down, everybodyPays, flushed, everybodyIsFree],
    sweeps,
    beats: fleet.chorus.beats,
    wrong,
  }
}

const minutes = (ms: number) => `${(ms / MINUTE_MS).toFixed(1)} min`

/** One after the other, each alone: the mean of what they take. */
async function alone(fleet: Fleet, name: string, tier: string, column: 'deployed_at' | 'deleted_at') {
  const { pilots } = fleet
  const end = fleet.meter.begin()
  const waited: number[] = []
  for (const pilot of pilots) {
    await setTiers(fleet, [pilot], tier)
    await until(fleet, `${pilot} is ${tier}`, () => isDone(fleet, [pilot]), LIMIT_MS)
    waited.push((await waitsOf(fleet, [pilot], column)).longestMs)
  }
  const waits = { medianMs: median(waited), longestMs: Math.max(...waited) }
  return { name, users: pilots.length, figures: end(), waits, upgradeMs: null, claims: [] }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

async function crowdUp(fleet: Fleet, single: Phase): Promise<Phase> {
  const { crowd, options } = fleet
  const end = fleet.meter.begin()
  await setTiers(fleet, crowd, 'pro')
  // Begun, not done: the lane is a queue, and all of a crowd are begun before the first of them is done.
  const begun = () => countOf(fleet, 'deleted_at is null')
  await until(fleet, 'half are begun', async () => (await begun()) >= crowd.length / 2, LIMIT_MS)
  const upgraded = upgradeLate(fleet)
  await until(fleet, 'everybody has an app', () => isDone(fleet, fleet.simulation.users), LIMIT_MS)
  const waits = await waitsOf(fleet, crowd, 'deployed_at')
  const figures = end(await latecomersApps(fleet))
  const slots = options.workers * options.slots
  return {
    name: 'everybody gets an app',
    users: crowd.length,
    figures,
    waits,
    upgradeMs: await upgraded(),
    claims: [
      {
        what: 'time, by slots: what one user alone held one for',
        unit: 's',
        predicted:
          (slotsMs(crowd.length, single.figures.slotMs / single.users, slots) + single.waits.longestMs) /
          1000,
        simulated: waits.longestMs / 1000,
      },
      ...perUser(figures, single, crowd.length),
      one('apps made on Fly', crowd.length, figures.requests.get('apps.create')),
      one('machines made on Fly', crowd.length, figures.requests.get('machines.create')),
    ],
  }
}

const one = (what: string, predicted: number, simulated = 0): Claim => ({
  what,
  unit: '',
  predicted,
  simulated,
})

function perUser(figures: Figures, single: Phase, users: number): Claim[] {
  return [
    one(
      'requests to Fly a user, by one alone',
      sumOf(single.figures.requests) / single.users,
      sumOf(figures.requests) / users,
    ),
    one(
      'statements of the worker a user, by one alone',
      (single.figures.statements.get('worker') ?? 0) / single.users,
      (figures.statements.get('worker') ?? 0) / users,
    ),
  ]
}

/** Everybody is wanted to be looked at again, as after a new image or a restored backup, and Redis forgets it at once. */
async function flush(fleet: Fleet): Promise<Phase> {
  const { simulation, crowd } = fleet
  const db = simulation.databaseFor(newActor('api'))
  const end = fleet.meter.begin()
  const startedAtMs = simulation.time.nowMs
  await during(fleet, Promise.all(crowd.map((user) => simulation.engine.raiseWant(db, user, 'operator'))))
  simulation.flushQueue()
  await until(fleet, 'everybody has been looked at', () => isDone(fleet, crowd), LIMIT_MS)
  const figures = end()
  const slots = fleet.options.workers * fleet.options.slots
  const tookMs = simulation.time.nowMs - startedAtMs
  return {
    name: 'Redis is flushed',
    users: crowd.length,
    figures,
    waits: { medianMs: tookMs / 2, longestMs: tookMs },
    upgradeMs: null,
    claims: [
      {
        what: 'time, by the relay: a thousand a second',
        unit: 's',
        predicted: relayMs(crowd.length) / 1000,
        simulated: tookMs / 1000,
      },
      {
        what: 'time, by slots: what these runs held',
        unit: 's',
        predicted: figures.slotMs / slots / 1000,
        simulated: tookMs / 1000,
      },
    ],
  }
}

async function crowdDown(fleet: Fleet, single: Phase): Promise<Phase> {
  const { crowd } = fleet
  const end = fleet.meter.begin()
  await setTiers(fleet, crowd, 'free')
  await approveOnceHeld(fleet)
  const ended = () => countOf(fleet, 'deleted_at is not null')
  await until(fleet, 'half are gone', async () => (await ended()) >= crowd.length / 2, LIMIT_MS)
  const upgraded = upgradeLate(fleet)
  await until(fleet, 'all are gone', () => isDone(fleet, fleet.simulation.users), LIMIT_MS)
  const waits = await waitsOf(fleet, crowd, 'deleted_at')
  const figures = end(await latecomersApps(fleet))
  return {
    name: "everybody's app is deleted",
    users: crowd.length,
    figures,
    waits,
    upgradeMs: await upgraded(),
    claims: [
      {
        what: 'time, by Fly: 100 deletions a minute',
        unit: 's',
        predicted: (deletionsMs(crowd.length) + single.waits.longestMs) / 1000,
        simulated: waits.longestMs / 1000,
      },
      {
        what: 'time, by Fly: as many deletions as were asked',
        unit: 's',
        predicted: (deletionsMs(figures.requests.get('apps.delete') ?? 0) + single.waits.longestMs) / 1000,
        simulated: waits.longestMs / 1000,
      },
      ...perUser(figures, single, crowd.length),
      one('deletions asked of Fly', crowd.length, figures.requests.get('apps.delete')),
    ],
  }
}

/** The brake takes as many as are usual and holds the rest; an operator who has looked agrees to all of them. */
async function approveOnceHeld(fleet: Fleet): Promise<void> {
  const { simulation, crowd } = fleet
  const db = simulation.databaseFor(newActor('operator'))
  const isHeld = async () => (await listEngaged(simulation.store.reader)).includes('deletion_burst')
  await until(fleet, 'the burst is held', async () => (await isHeld()) || isDone(fleet, crowd), LIMIT_MS)
  if (!(await isHeld())) return
  const burst = { count: crowd.length, reason: 'all are meant', actor: 'operator', expiresInMs: LIMIT_MS }
  await during(
    fleet,
    db.transaction().execute((tx) => approveBurst(tx, burst, SETTINGS.policy)),
  )
}

/** By its webhook, as an upgrade comes. What is returned tells, once it is over, how long it took. */
function upgradeLate(fleet: Fleet): () => Promise<number> {
  const { simulation, latecomer } = fleet
  const startedAtMs = simulation.time.nowMs
  simulation.flip(latecomer, 'pro', [WEBHOOK_MS])
  return async () => {
    const [row] = await ask<{ ms: number }>(
      fleet,
      `select (extract(epoch from max(deployed_at)) * 1000)::double precision as ms
       from public.user_fly_apps where user_id = $1`,
      [latecomer],
    )
    return (row?.ms ?? NaN) - startedAtMs
  }
}

async function latecomersApps(fleet: Fleet): Promise<Set<string>> {
  const rows = await ask<{ name: string }>(
    fleet,
    'select fly_app_name as name from public.user_fly_apps where user_id = $1',
    [fleet.latecomer],
  )
  return new Set(rows.map(({ name }) => name))
}

async function countOf(fleet: Fleet, condition: string): Promise<number> {
  const sql = `select count(*)::int as apps from public.user_fly_apps where ${condition}`
  return (await ask<{ apps: number }>(fleet, sql))[0]?.apps ?? 0
}

/** From the change of their tier, which the product has written down. */
async function waitsOf(
  fleet: Fleet,
  users: readonly string[],
  column: 'deployed_at' | 'deleted_at',
): Promise<Phase['waits']> {
  const [row] = await ask<Phase['waits']>(
    fleet,
    `select percentile_disc(0.5) within group (order by ms) as "medianMs", max(ms) as "longestMs"
     from (
       select distinct on (user_id) (extract(epoch from app.${column} - $2::timestamptz) * 1000)::double precision as ms
       from public.user_fly_apps app where user_id = any($1::uuid[]) order by user_id, generation desc) wait`,
    [users, fleet.changedAt],
  )
  return row ?? { medianMs: NaN, longestMs: NaN }
}
