/** What Hangar does by the clock, piece by piece, as each process does it. */
import { DEFAULT_POLICY } from '@hangar/core'
import {
  countApps,
  countDesired,
  countOpenAlerts,
  countPending,
  countParked,
  type Database,
  findAppByName,
  findInstallationId,
  findLastEventId,
  listApps,
  listBrakes,
  listEngaged,
  listForgottenBulks,
  listSweeps,
  listUsersToWake,
  measureBacklog,
  measureLanes,
  readBudget,
  readCostTotals,
  readSweepTimes,
  recordHeartbeat,
  summarizeAlerts,
  sumOrphans,
  takePermit,
  takeTeardownSlot,
} from '@hangar/db'
import { SCHEDULES } from '@hangar/jobs'
import { ask, type Fleet } from './fleet.ts'

export type Piece = {
  name: string
  /** How often it is done; null: when somebody asks. */
  everyMs: number | null
  /** Needs Fly to have as many apps as PostgreSQL. */
  asksFly?: boolean
  /** Makes the fleet what the piece is about; not measured. */
  before?: (fleet: Fleet) => Promise<unknown>
  run: (fleet: Fleet, db: Database, signal: AbortSignal) => Promise<unknown>
}

/** services/scheduler */
const RELAY_MS = 1_000
const RELAY_BATCH = 1_000
const BULK_SILENT_MS = 10_000
/** packages/runtime: how old what a scrape is answered with may be. */
const READING_MS = 5_000
const COSTS_MS = 60_000
/** 100 deletions a minute. */
const DELETION_MS = 600
const LIST = { sort: 'id', descending: false, limit: 51 } as const
const DELETE_PERMIT = 'waiting for a permit to delete an app'

const relay = (db: Database) => listUsersToWake(db, { ...DEFAULT_POLICY, limit: RELAY_BATCH })

const AT_REST: readonly Piece[] = [
  {
    name: 'scheduler: a round of the relay, nobody is due',
    everyMs: RELAY_MS,
    run: async (_, db) => {
      await findInstallationId(db)
      await findLastEventId(db)
      await relay(db)
      await listForgottenBulks(db, BULK_SILENT_MS)
    },
  },
  {
    name: 'scheduler: the metrics of the fleet',
    everyMs: READING_MS,
    run: async (_, db) => {
      await listEngaged(db)
      await countApps(db)
      await countOpenAlerts(db)
      await sumOrphans(db)
      await measureLanes(db, DEFAULT_POLICY)
      await readSweepTimes(db)
    },
  },
  { name: 'scheduler: the metrics of costs', everyMs: COSTS_MS, run: (_, db) => readCostTotals(db) },
  ...SCHEDULES.map(({ id, everyMs }): Piece => ({
    name: `worker: the sweep ${id}`,
    everyMs,
    asksFly: id === 'health' || id === 'orphans',
    run: ({ simulation }, _, signal) => {
      const [worker] = simulation.workers
      if (!worker) throw new Error('a fleet has workers')
      return simulation.engine.runSweep(worker.deps, id, { signal })
    },
  })),
  {
    name: 'api: one heartbeat',
    everyMs: null,
    run: async ({ simulation }, db) => {
      const [app] = [...simulation.memory.sim.world.apps.values()]
      const row = await findAppByName(db, app?.name ?? '')
      if (!row?.flyMachineId) throw new Error('no app is there to beat')
      await recordHeartbeat(db, row.id, { machineId: row.flyMachineId, runningTraderIds: [] })
    },
  },
  {
    name: 'api: the overview, made anew',
    everyMs: null,
    run: async (_, db) => {
      await countApps(db)
      await countDesired(db, DEFAULT_POLICY)
      await countPending(db, DEFAULT_POLICY)
      await sumOrphans(db)
      await listSweeps(db)
      await readBudget(db)
      await listBrakes(db)
      await summarizeAlerts(db)
    },
  },
  { name: 'api: the first page of the list', everyMs: null, run: (_, db) => listApps(db, LIST) },
  {
    name: 'worker: one teardown begins, or not',
    everyMs: DELETION_MS,
    run: (_, db) => {
      const entitlement = { kind: 'not_entitled' } as const
      return db
        .transaction()
        .execute(async (tx) => {
          await takeTeardownSlot(tx, { actor: 'worker', entitlement })
          throw new NotMeant()
        })
        .catch((error: unknown) => {
          if (!(error instanceof NotMeant)) throw error
        })
    },
  },
]

/** Rolls back. */
class NotMeant extends Error {}

/** In this order, after the others: nothing is at rest any more. */
const IN_A_CROWD: readonly Piece[] = [
  {
    name: 'scheduler: a round of the relay, everybody is due',
    everyMs: RELAY_MS,
    before: (fleet) => ask(fleet, 'update hangar.user_wants set wanted_version = wanted_version + 1'),
    run: async (_, db) => {
      await relay(db)
      await measureBacklog(db)
    },
  },
  {
    name: 'worker: one asks for a permit to delete, and all others wait for theirs',
    everyMs: DELETION_MS,
    before: async (fleet) => {
      await ask(
        fleet,
        `update hangar.user_work set parked_reason = $1, next_attempt_at = hangar.now() + interval '1 minute',
           planned_version = planned_version + 1`,
        [DELETE_PERMIT],
      )
      await ask(fleet, `update hangar.permits set tokens = 0, refilled_at = hangar.now() + interval '1 day'`)
    },
    run: async (_, db) => {
      await takePermit(db, 'fly_app_delete')
      await countParked(db, DELETE_PERMIT)
    },
  },
  {
    name: 'scheduler: a round of the relay, everybody waits for a permit',
    everyMs: RELAY_MS,
    run: (_, db) => relay(db),
  },
]

export const PIECES: readonly Piece[] = [...AT_REST, ...IN_A_CROWD]
