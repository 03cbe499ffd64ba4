/**
 * The restore drill: PostgreSQL is lost and comes back as it was an hour ago, while on Fly everything has gone on. What
 * has to come of it: nobody who pays loses their app, nobody gets a second one, no name is used again, and nothing is
 * deleted before a person has agreed. A whole Hangar on this machine; only Fly is a stand-in.
 *
 *   ada  pays, before and after            her row is there and right
 *   bob  began to pay after the moment     his row is lost, his app runs
 *   cyd  left and came back after it       the row is that of an app that is gone; the one that runs has none
 *   dan  stopped paying after it           the row says that he has an app, and it is gone
 *   eve  began to pay and left after it    nothing is left of her app, and she comes back in the end
 */
import { listBrakes, type AppRow, type Database } from '@hangar/db'
import {
  finishArchive,
  markMoment,
  restoreBackup,
  takeBackup,
  waitFor,
  type LocalPostgres,
} from '@hangar/testkit/local'
import { createDemoUser, type DemoUser } from '../demo/user.ts'
import type { ServiceName } from '../stack/programs.ts'
import { urlOf } from '../stack/settings.ts'
import type { Stack } from '../stack/stack.ts'
import { ageDatabase } from './age.ts'

const STEP_TIMEOUT_MS = 120_000
/** Between the moment that is restored and the restore, as the services see it. */
const AGE_MINUTES = 60
const SERVICES = ['worker', 'scheduler', 'api'] as const satisfies readonly ServiceName[]
const NAMES = ['ada', 'bob', 'cyd', 'dan', 'eve'] as const

export type Name = (typeof NAMES)[number]
type Cast = Record<Name, DemoUser>

/** A user's app as Fly knows it; null: none. */
export type AppOnFly = { app: string; machine: string } | null

export type DrillResult = {
  /** On Fly, before the loss and in the end. */
  before: Record<Name, AppOnFly>
  after: Record<Name, AppOnFly>
  /** Apps that were deleted before an operator agreed. */
  deletedTooEarly: string[]
  /** Names that were made on Fly more than once. */
  repeatedNames: string[]
  /** What was noticed, in the words of the brake. */
  noticed: string
}

export type DrillParts = {
  stack: Stack
  db: Database
  postgres: LocalPostgres
  say: (line: string) => void
  signal?: AbortSignal | undefined
}

export async function runDrill(parts: DrillParts): Promise<DrillResult> {
  const { stack, postgres, say } = parts
  const cast = await createCast(parts)
  say('ada, cyd and dan upgrade to pro.')
  for (const name of ['ada', 'cyd', 'dan'] as const) await setTier(cast[name], 'pro')
  for (const name of ['ada', 'cyd', 'dan'] as const) await trading(parts, cast[name])
  say('A backup of PostgreSQL is taken while everything works.')
  const backup = await takeBackup(postgres)
  const moment = await markMoment(postgres)
  say(`This is the moment that will be restored: ${moment}`)
  const { before, subscriptions } = await liveOn(parts, cast)

  say('PostgreSQL is lost. All services are stopped, and it is restored to that moment.')
  for (const name of SERVICES) await stack.services.get(name)?.stop()
  await finishArchive(postgres)
  await restoreBackup(postgres, backup, moment)
  await ageDatabase(stack.addresses.databaseUrl, AGE_MINUTES)
  say('All that it remembers is an hour old by now.')
  const callsBefore = await lastCall(stack)

  const noticed = await comeBack(parts, cast, subscriptions)
  const deletedTooEarly = await deletionsSince(stack, callsBefore)
  say('An operator has looked, and releases the brake.')
  await converged(parts, cast, before)
  const after = await onFly(stack, cast)
  say('eve comes back.')
  await setTier(cast.eve, 'pro')
  await trading(parts, cast.eve)
  return { before, after, deletedTooEarly, repeatedNames: await repeatedNames(stack), noticed }
}

async function createCast({ stack, db }: DrillParts): Promise<Cast> {
  const users = []
  for (const name of NAMES) users.push([name, await createDemoUser(stack, db, `${name}@example.test`)])
  return Object.fromEntries(users) as Cast
}

const setTier = (user: DemoUser, tier: string) => user.runSql(user.tierChange(tier))

const until = <T>({ signal }: DrillParts, what: string, holds: () => Promise<T>) =>
  waitFor(holds, { what, timeoutMs: STEP_TIMEOUT_MS, ...(signal && { signal }) })

const trading = (parts: DrillParts, user: DemoUser): Promise<AppRow> =>
  until(parts, `the app of ${user.email} to trade`, async () => {
    const app = await user.liveApp()
    if (app?.status !== 'active' || app.operation !== null) return null
    return (await user.runningTrader(app.flyAppName)) && app
  })

const gone = (parts: DrillParts, user: DemoUser) =>
  until(parts, `${user.email} to have no app`, async () => (await user.liveApp()) === null)

/** Life goes on after the moment; what the restore will not know of. */
async function liveOn(parts: DrillParts, cast: Cast) {
  parts.say('Life goes on: bob upgrades, cyd leaves and comes back, dan leaves, eve upgrades and leaves.')
  await setTier(cast.bob, 'pro')
  await setTier(cast.eve, 'pro')
  await setTier(cast.dan, 'free')
  await setTier(cast.cyd, 'free')
  await gone(parts, cast.cyd)
  await setTier(cast.cyd, 'pro')
  await trading(parts, cast.bob)
  await trading(parts, cast.cyd)
  await trading(parts, cast.eve)
  await setTier(cast.eve, 'free')
  for (const name of ['dan', 'eve'] as const) await gone(parts, cast[name])
  const subscriptions = { ada: 'pro', bob: 'pro', cyd: 'pro', dan: 'free', eve: 'free' } as const
  return { before: await onFly(parts.stack, cast), subscriptions }
}

/**
 * As docs/operate/backup.md says: the scheduler first, which notices; then the subscriptions as the payment provider has
 * them; then the rest. Resolves when everybody who pays trades again, with nothing released yet.
 */
async function comeBack(
  parts: DrillParts,
  cast: Cast,
  subscriptions: Readonly<Record<Name, string>>,
): Promise<string> {
  const { stack, db, say } = parts
  await stack.restart('scheduler')
  const noticed = await until(parts, 'the brake `restored`', () => findRestored(db))
  say(`The scheduler has noticed (${noticed}): the brake "restored" holds every deletion.`)
  say('The product takes over the subscriptions from its payment provider again.')
  for (const name of NAMES) await setTier(cast[name], subscriptions[name])
  await stack.restart('api')
  await stack.restart('worker')
  say('Everybody who pays is looked at now, and not only when a sweep comes by.')
  const paying = NAMES.filter((name) => subscriptions[name] !== 'free')
  for (const name of paying) await provision(stack, cast[name], subscriptions[name])
  for (const name of paying) {
    const app = await trading(parts, cast[name])
    say(`${name} has ${app.flyAppName}, generation ${app.generation}.`)
  }
  return noticed
}

/** Why it is engaged; null: it is not. */
async function findRestored(db: Database): Promise<string | null> {
  const brake = (await listBrakes(db)).find(({ name }) => name === 'restored')
  return brake?.engagedAt ? (brake.reason ?? 'it does not say why') : null
}

async function converged(parts: DrillParts, cast: Cast, before: Record<Name, AppOnFly>): Promise<void> {
  await releaseRestored(parts.stack)
  await gone(parts, cast.dan)
  for (const name of NAMES.filter((one) => before[one] !== null)) await trading(parts, cast[name])
}

/** As the product asks for an app: whoever has one is looked at, and nobody gets a second. */
async function provision(stack: Stack, { userId }: DemoUser, tier: string): Promise<void> {
  const response = await fetch(`${urlOf(stack.addresses, 'api')}/functions/v1/provision-user-fly-app`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', apikey: stack.secrets.serviceRoleKey },
    body: JSON.stringify({ user_id: userId, tier }),
  })
  if (!response.ok) throw new Error(`asking for an app: ${response.status} ${await response.text()}`)
}

async function releaseRestored(stack: Stack): Promise<void> {
  const response = await fetch(`${urlOf(stack.addresses, 'api')}/v1/brakes/restored/release`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', apikey: stack.secrets.serviceRoleKey },
    body: JSON.stringify({ reason: 'restore drill: every app of the list belongs to who pays' }),
  })
  if (!response.ok) throw new Error(`releasing the brake: ${response.status} ${await response.text()}`)
}

type Machine = { id: string; state: string; metadata?: Record<string, string> }
type Call = { seq: number; operation: string; app: string | null; applied: boolean }

async function askFly<T>(stack: Stack, path: string): Promise<T> {
  const response = await fetch(`${urlOf(stack.addresses, 'flySim')}/_sim/${path}`)
  if (!response.ok) throw new Error(`/_sim/${path}: ${response.status}`)
  return (await response.json()) as T
}

/** Whose each app is, by the mark of its machines: what the rows say is what is being tested. Fails where one has two. */
async function onFly(stack: Stack, cast: Cast): Promise<Record<Name, AppOnFly>> {
  const { apps } = await askFly<{ apps: { name: string; machines: Machine[] }[] }>(stack, 'state')
  const found = NAMES.map((name) => {
    const own = apps.flatMap(({ name: app, machines }) =>
      machines
        .filter(
          ({ state, metadata }) => state !== 'destroyed' && metadata?.['hangar_user'] === cast[name].userId,
        )
        .map(({ id }) => ({ app, machine: id })),
    )
    if (own.length > 1) throw new Error(`${name} has ${own.map(({ app }) => app).join(' and ')}`)
    return [name, own[0] ?? null]
  })
  return Object.fromEntries(found) as Record<Name, AppOnFly>
}

async function lastCall(stack: Stack): Promise<number> {
  return (await askFly<{ lastSeq: number }>(stack, 'calls?limit=1')).lastSeq
}

async function callsOf(stack: Stack, operation: string, after = 0): Promise<Call[]> {
  const { calls } = await askFly<{ calls: Call[] }>(stack, `calls?operation=${operation}&after=${after}`)
  return calls.filter(({ applied }) => applied)
}

async function deletionsSince(stack: Stack, after: number): Promise<string[]> {
  const operations = ['apps.delete', 'machines.delete', 'machines.stop']
  const calls = await Promise.all(operations.map((operation) => callsOf(stack, operation, after)))
  return calls.flat().map(({ operation, app }) => `${operation} of ${app ?? '?'}`)
}

async function repeatedNames(stack: Stack): Promise<string[]> {
  const names = (await callsOf(stack, 'apps.create')).map(({ app }) => app ?? '?')
  return names.filter((name, index) => names.indexOf(name) !== index)
}
