/**
 * One campaign: the system starts, users change their tiers while the nemesis breaks things, the faults end, and what
 * is desired has to come to be. Then the checker judges all that happened.
 */
import { appendFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createDatabase, type Database } from '@hangar/db'
import pg from 'pg'
import { check, type History, type Violation } from '../checker/index.ts'
import { readRetained } from '../checker/read.ts'
import { UserApps } from './actors/apps.ts'
import { keepCourier } from './actors/courier.ts'
import { Postman } from './actors/postman.ts'
import { Users } from './actors/users.ts'
import { readHistoryAtRest, whatIsMissing } from './history.ts'
import { readLogs, unexpectedLines } from './logs.ts'
import { FLY_MENU, turnsOfFly } from './nemesis/fly.ts'
import { noNemesis, startNemesis } from './nemesis/index.ts'
import { writePostMortem } from './post-mortem.ts'
import { diceOf } from './random.ts'
import type { Strikes } from './rig/fly.ts'
import { type Rig, startRig } from './rig/rig.ts'
import type { ChaosSettings } from './settings.ts'

const ROUGH = { lost: 0.25, doubled: 0.2, late: 0.2 }
const ALL_LOST = { lost: 1, doubled: 0, late: 0 }
const LOOK_EVERY_MS = 250
const MAX_TEARDOWNS = 1_000_000
const ORPHAN_GRACE_MS = 5_000
const LONG_SECONDS = 600
/** How often one is dealt is chance, and so is what it meets: less than this tells nothing. */
const ENOUGH_TURNS = 2

export type Figures = {
  seed: number
  seconds: number
  users: number
  faults: Record<string, number>
  /** By kind of Fly's faults, how often one struck a call, an app or a machine. */
  flyStrikes: Strikes
  flips: number
  flipsRepeated: number
  webhooks: Postman['counts']
  flyCalls: number
  flyMutations: number
  drainsReported: number
  /** Spells of an app that ran its user's traders; how many of them had not ended. */
  trading: { spells: number; atTheEnd: number }
  generations: number
  events: number
  restarts: Record<string, number>
  endedByThemselves: number
  violations: number
  unexpectedLogLines: number
  /** Null: not within the time given. */
  secondsToConverge: number | null
}

export type Outcome = {
  figures: Figures
  violations: Violation[]
  unexpected: string[]
  /** What was still missing when the time was up. */
  missing: string[]
  nemesisFailures: string[]
  /** Of Fly's faults, in a campaign that is long enough for all: then something there does not do what it says. */
  neverStruck: string[]
  logFolder: string
}

type Parts = {
  settings: ChaosSettings
  rig: Rig
  db: Database
  users: Users
  userApps: UserApps
  postman: Postman
}

export async function runCampaign(
  settings: ChaosSettings,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const dice = diceOf(settings.seed)
  const userApps = await UserApps.listen(dice.fork('apps'))
  const postman = await Postman.listen(dice.fork('postman'), settings.loseAllWebhooks ? ALL_LOST : ROUGH)
  const undo: (() => Promise<unknown>)[] = [() => userApps.stop(), () => postman.stop()]
  const stop = async () => {
    for (let next = undo.pop(); next; next = undo.pop()) await next().catch(() => undefined)
  }
  let logFolder: string | undefined
  try {
    const rig = await startRig({ webhookUrl: postman.url, drainUrl: userApps.drainUrl, say, signal })
    logFolder = rig.logFolder
    undo.unshift(() => rig.stop())
    postman.deliverTo(rig.frontUrl)
    const db = createDatabase({
      connectionString: rig.postgres.url,
      applicationName: 'chaos',
      maxConnections: 8,
    })
    undo.push(() => db.destroy())
    const users = new Users(db, dice.fork('users'))
    userApps.run(rig.fly, rig.frontUrl)
    const courier = keepCourier(rig.postgres.url)
    undo.push(() => courier.stop())
    const judged = await run({ settings, rig, db, users, userApps, postman }, say, signal)
    // How the services end is part of what is judged.
    await stop()
    const unexpected = unexpectedLines(readLogs(logFolder))
    const outcome = {
      ...judged,
      figures: { ...judged.figures, unexpectedLogLines: unexpected.length },
      unexpected,
    }
    if (isGood(outcome)) await rm(logFolder, { recursive: true, force: true })
    return outcome
  } catch (error) {
    await stop()
    if (signal.aborted && logFolder !== undefined) await rm(logFolder, { recursive: true, force: true })
    throw error
  }
}

export const isGood = ({
  violations,
  unexpected,
  missing,
  nemesisFailures,
  neverStruck,
}: Omit<Outcome, 'figures' | 'logFolder'>): boolean =>
  [violations, unexpected, missing, nemesisFailures, neverStruck].every(({ length }) => length === 0)

type Judged = Omit<Outcome, 'figures' | 'unexpected'> & { figures: Omit<Figures, 'unexpectedLogLines'> }

async function run(parts: Parts, say: (line: string) => void, signal: AbortSignal): Promise<Judged> {
  const { settings, rig, db, users, userApps, postman } = parts
  const dice = diceOf(settings.seed)
  await users.create(settings.users)
  await prepare(rig)
  const retainedBefore = await readRetained(rig.postgres.url)
  say(
    `${settings.users} users are there; ${settings.seconds} s of ${settings.calm ? 'calm' : 'faults'} begin (seed ${settings.seed})`,
  )

  const forMs = settings.seconds * 1_000
  const flipping = users.flip(AbortSignal.any([signal, AbortSignal.timeout(forMs)]))
  const nemesis = settings.calm
    ? noNemesis
    : startNemesis({ rig, db, dice: dice.fork('nemesis'), forMs, signal })
  await Promise.all([flipping, nemesis.ended])
  signal.throwIfAborted()
  const flyStrikes = await rig.fly.strikes()
  const endedAtMs = performance.now()
  userApps.lossless = true
  const earlierEvents = await db
    .selectFrom('userFlyAppEvents')
    .select(['id', 'eventType', 'userId'])
    .execute()
  say(`the faults are over after ${users.changes.length} tier changes; waiting for what is desired`)

  const missing = await converge(parts, endedAtMs, signal)
  const secondsToConverge = missing.length > 0 ? null : Math.round((performance.now() - endedAtMs) / 100) / 10
  const logs = readLogs(rig.logFolder)
  const history = await readHistoryAtRest({ rig, db, users, userApps, retainedBefore, earlierEvents, logs })
  const violations = check(history)
  const figures: Judged['figures'] = {
    seed: settings.seed,
    seconds: settings.seconds,
    users: settings.users,
    faults: Object.fromEntries([...nemesis.counts].sort(([a], [b]) => a.localeCompare(b))),
    flyStrikes,
    flips: users.changes.length,
    flipsRepeated: users.repeated,
    webhooks: postman.counts,
    flyCalls: history.calls.length,
    flyMutations: history.calls.filter((call) => call.method !== 'GET').length,
    drainsReported: userApps.drained,
    trading: countTrading(history),
    generations: history.apps.length,
    events: history.events.length,
    restarts: Object.fromEntries(rig.replicas.map(({ name, starts }) => [name, starts - 1])),
    endedByThemselves: rig.replicas.reduce((sum, { ownEnds }) => sum + ownEnds, 0),
    violations: violations.length,
    secondsToConverge,
  }
  const nemesisFailures = [...nemesis.failures]
  const isLong = !settings.calm && settings.seconds >= LONG_SECONDS
  const neverStruck = isLong
    ? FLY_MENU.filter((kind) => (turnsOfFly.get(kind) ?? 0) >= ENOUGH_TURNS && !flyStrikes[kind])
    : []
  return { figures, violations, missing, nemesisFailures, neverStruck, logFolder: rig.logFolder }
}

function countTrading({ tradingSpells }: History): Judged['figures']['trading'] {
  return { spells: tradingSpells.length, atTheEnd: tradingSpells.filter(({ to }) => to === null).length }
}

/**
 * What an operator would do before such a day. The flips are meant: without their word the brake on bursts would hold
 * them. An orphan is deleted in seconds instead of an hour, so that the campaign sees its end.
 */
async function prepare(rig: Rig): Promise<void> {
  const client = new pg.Client({ connectionString: rig.postgres.url })
  await client.connect()
  try {
    await client.query(
      `insert into hangar.burst_approvals (approved, reason, actor, expires_at)
       values ($1, 'a chaos campaign', 'chaos', now() + interval '1 day')`,
      [MAX_TEARDOWNS],
    )
    await client.query(
      `insert into hangar.settings (name, value, updated_by) values ('orphans', $1, 'chaos')`,
      [JSON.stringify({ graceMs: ORPHAN_GRACE_MS, lagMs: ORPHAN_GRACE_MS })],
    )
  } finally {
    await client.end()
  }
}

/** What is still missing when the time is up; empty as soon as nothing is. */
async function converge(
  { settings, rig, db, users }: Parts,
  sinceMs: number,
  signal: AbortSignal,
): Promise<string[]> {
  for (;;) {
    signal.throwIfAborted()
    const found = await whatIsMissing(rig, db, users)
    const missing = found.map(({ userId = '', app = '', what }) => `${userId} ${app} ${what}`)
    const sinceEndMs = Math.round(performance.now() - sinceMs)
    const line = `${sinceEndMs} ms after the end ${missing.length} are missing: ${missing.slice(0, 5).join('; ')}`
    appendFileSync(join(rig.logFolder, 'convergence.log'), `${line}\n`)
    if (missing.length === 0) return []
    if (sinceEndMs > settings.convergeWithinSeconds * 1_000) {
      await writePostMortem(
        rig,
        found.flatMap(({ userId }) => userId ?? []),
      )
      return missing
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
