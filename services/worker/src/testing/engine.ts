/**
 * The engine on real parts for tests: PostgreSQL with the host product's tables, the Fly stand-in over HTTP, and no
 * queue; `drive` carries out outcomes the way the queue would, one user at a time.
 */
import { randomBytes } from 'node:crypto'
import { createKeyRing, DEFAULT_POLICY, systemClock } from '@hangar/core'
import {
  type AppRow,
  type EventRow,
  findInstallationId,
  findLiveApp,
  listAppsByUser,
  listEvents,
  recordBootstrap,
  recordDrained,
  recordHeartbeat,
} from '@hangar/db'
import { createFlyClient, type FlyClient } from '@hangar/fly-client'
import { type FlySim, type FlySimOptions, startFlySim } from '@hangar/fly-sim'
import type { Outcome } from '@hangar/jobs'
import { createLogger } from '@hangar/runtime'
import { type TestDatabase, useServiceDatabase, useTestDatabase } from '@hangar/testkit'
import { afterAll, beforeAll } from '@jest/globals'
import type { ReconcileDeps, ReconcileSettings } from '../reconcile/deps.ts'
import { reconcileUser } from '../reconcile/job.ts'

export type Engine = {
  /** With the database as the role of the service; `database` is its owner's. */
  readonly deps: ReconcileDeps
  readonly sim: FlySim
  readonly database: TestDatabase
  /** A second worker: same database and Fly, another owner. */
  other(owner: string, settings?: Partial<ReconcileSettings>): ReconcileDeps
  /** Reconciles until the queue would be idle. Between two looks the app does what `app` says; default: it beats. */
  drive(userId: string, options?: DriveOptions): Promise<Outcome>
  live(userId: string): Promise<AppRow>
  generations(userId: string): Promise<AppRow[]>
  /** Oldest first. */
  events(userId: string): Promise<EventRow[]>
  eventTypes(userId: string): Promise<string[]>
}

export type DriveOptions = {
  deps?: ReconcileDeps
  app?: (row: AppRow) => Promise<void>
  maxLooks?: number
}

export const SETTINGS = {
  orgSlug: 'vyx',
  appPrefix: 'vyx-user-',
  defaultRegion: 'iad',
  image: 'registry.example/screener:1',
  publicUrl: 'https://hangar.example',
  drainUrlTemplate: null,
  drainGraceMs: 400,
  healthDeadlineMs: 2_000,
  startDeadlineMs: 5_000,
  retryBaseMs: 5,
  flyWaitSliceMs: 5_000,
  priceModel: 'product',
  policy: DEFAULT_POLICY,
} as const satisfies Omit<ReconcileSettings, 'installationId'>

export function useEngine(simOptions: FlySimOptions = {}): Engine {
  const database = useTestDatabase()
  const own = useServiceDatabase(database, 'worker')
  let sim: FlySim | undefined
  let fly: FlyClient | undefined
  let deps: ReconcileDeps | undefined
  beforeAll(async () => {
    sim = await startFlySim({ orgs: ['vyx', 'elsewhere'], delays: 'none', rateLimits: false, ...simOptions })
    fly = createFlyClient({
      baseUrl: sim.url,
      token: sim.token,
      orgSlug: 'vyx',
      rateLimits: false,
      breaker: false,
    })
    deps = {
      db: own.db,
      fly,
      keyRing: createKeyRing({ current: randomBytes(32).toString('base64') }),
      logger: createLogger({ service: 'worker', level: 'silent' }),
      owner: 'worker-a',
      random: () => 0,
      settings: { ...SETTINGS, installationId: await findInstallationId(database.db) },
    }
  })
  afterAll(async () => {
    await fly?.close()
    await sim?.stop()
  })
  const there = () => {
    if (!deps || !sim) throw new Error('useEngine: the engine exists only inside tests and hooks.')
    return { deps, sim }
  }
  return {
    get deps() {
      return there().deps
    },
    get sim() {
      return there().sim
    },
    database,
    other: (owner, settings) => ({
      ...there().deps,
      owner,
      settings: { ...there().deps.settings, ...settings },
    }),
    drive: (userId, options) => drive(there().deps, userId, options),
    live: async (userId) => {
      const row = await findLiveApp(database.db, userId)
      if (!row) throw new Error('the user has no live row')
      return row
    },
    generations: (userId) => listAppsByUser(database.db, userId),
    events: async (userId) => (await listEvents(database.db, { userId, limit: 500 })).reverse(),
    eventTypes: async (userId) =>
      (await listEvents(database.db, { userId, limit: 500 })).reverse().map((event) => event.eventType),
  }
}

async function drive(base: ReconcileDeps, userId: string, options: DriveOptions = {}): Promise<Outcome> {
  const { deps = base, app = beats(deps), maxLooks = 60 } = options
  let outcome: Outcome = { kind: 'done' }
  for (let look = 0; look < maxLooks; look++) {
    outcome = await reconcileUser(deps, userId, new AbortController().signal)
    if (outcome.kind === 'never' || (outcome.kind === 'done' && !outcome.again)) return outcome
    const row = await findLiveApp(deps.db, userId)
    if (row) await app(row)
    const delayMs = 'delayMs' in outcome ? outcome.delayMs : 0
    // A heartbeat or a drained report wakes a parked job; half a pause is at least as late.
    await systemClock.sleep(Math.min(delayMs, 100))
  }
  throw new Error(`not at rest after ${maxLooks} looks: ${JSON.stringify(outcome)}`)
}

/** An app that does all that is asked of it: bootstraps, beats, and drains as soon as it is told. */
export function beats(deps: ReconcileDeps): (row: AppRow) => Promise<void> {
  return async (row) => {
    if (!row.flyMachineId || !row.launchedAt) return
    const report = { machineId: row.flyMachineId, runningTraderIds: [] }
    await recordBootstrap(deps.db, row.id, row.flyMachineId)
    await recordHeartbeat(deps.db, row.id, report)
    if (row.drainStartedAt)
      await recordDrained(deps.db, row.id, { signalsFlushed: 2, executionsFlushed: 1, lost: 0 })
  }
}
