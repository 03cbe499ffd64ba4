/**
 * One user, virtual time, and everything that may happen to who runs their traders. The database is real and has the
 * world's time; what the shim, the worker and its sweep do to it is done by the same functions as in life.
 */
import { isHangarError } from '@hangar/core'
import {
  type AppPatch,
  type AppRow,
  confirmReleased,
  type Database,
  findAppById,
  insertApp,
  listPlacement,
  listSilentHolders,
  lockApp,
  meetSharedBackend,
  partWithSharedBackend,
  type PlacementChanges,
  readTraderSet,
  recordBootstrap,
  recordDrained,
  recordHeartbeat,
  releaseMachineOf,
  returnFromGivenUp,
  returnTraders,
  returnUnlessHeard,
  type RunsOn,
  takeTraders,
  updateApp,
} from '@hangar/db'
import { sql } from 'kysely'
import { assertCurrent, isDraining } from '../routes/shim/app-caller.ts'
import { etagOf, mayTrade, ordersFor } from '../routes/shim/standing.ts'
import { AppProcess, SharedBackend } from './handover-parties.ts'

const SWEEP_MS = 15_000
/** As services/worker has it. */
const SILENT_MS = 32_000
const DEPS = { quotas: {}, drainGraceMs: 30_000, userTokens: null }

export type Random = { between(from: number, to: number): number }
type Word = RunsOn | 'over' | 'later' | 'drain' | 'reload' | 'fine'

export class HandoverWorld {
  now = Date.UTC(2026, 2, 1)
  readonly userId: string
  readonly #db: Database
  readonly #random: Random
  #events: { at: number; seq: number; run: () => void }[] = []
  #seq = 0
  #calls: Promise<unknown> = Promise.resolve()
  readonly shared: SharedBackend[] = []
  readonly processes: AppProcess[] = []
  row: AppRow | null = null
  #generation = 0
  #machines = 0
  readonly #running = new Set<object>()
  /** Since when nobody runs them, or something happened last. */
  #quietSince = this.now
  longestGapMs = 0
  readonly violations: string[] = []

  constructor(db: Database, userId: string, random: Random) {
    this.#db = db
    this.userId = userId
    this.#random = random
    void this.#sweeps()
  }

  // Time.

  after(ms: number, run: () => void): void {
    this.#events.push({ at: this.now + Math.max(0, ms), seq: ++this.#seq, run })
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  latencyMs(): number {
    return this.#random.between(5, this.#random.between(0, 9) === 0 ? 1_500 : 200)
  }

  cycleMs(): number {
    return this.#random.between(0, 9) === 0
      ? this.#random.between(8_000, 30_000)
      : this.#random.between(200, 4_000)
  }

  /** Lets so much time pass; what is asked of the database meanwhile is answered before time goes on. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms
    for (;;) {
      await this.#settled()
      this.#events.sort((a, b) => a.at - b.at || a.seq - b.seq)
      const next = this.#events[0]
      if (!next || next.at > until) break
      this.#events.shift()
      this.now = next.at
      next.run()
    }
    this.now = until
  }

  async #settled(): Promise<void> {
    for (let calls = null as Promise<unknown> | null; calls !== this.#calls;) {
      calls = this.#calls
      await calls
      await new Promise<void>((resolve) => void setImmediate(resolve))
    }
  }

  /** One after the other, each at the world's time. */
  inDatabase<T>(deed: () => Promise<T>): Promise<T> {
    const at = new Date(this.now).toISOString()
    const done = this.#calls.then(async () => {
      await sql`select set_config('hangar.now', ${at}, false)`.execute(this.#db)
      return deed()
    })
    this.#calls = done.catch(() => undefined)
    return done
  }

  // Who runs the traders.

  begins(party: object): void {
    if (this.#running.size === 0) this.longestGapMs = Math.max(this.longestGapMs, this.now - this.#quietSince)
    // What is placed on the shared backend may run in several of its processes: that is theirs to settle.
    const others = [...this.#running].filter(
      (other) => !(other instanceof SharedBackend && party instanceof SharedBackend),
    )
    for (const other of others) this.violations.push(`${nameOf(party)} runs beside ${nameOf(other)}`)
    this.#running.add(party)
  }

  ends(party: object): void {
    this.#running.delete(party)
    if (this.#running.size === 0) this.#quietSince = this.now
  }

  /** Something was done to somebody: the minute counts from here. */
  disturb(): void {
    this.#quietSince = this.now
  }

  get gapMs(): number {
    return this.#running.size === 0 ? this.now - this.#quietSince : 0
  }

  // What the API does.

  readonly shim = {
    placement: async (instance: string, after?: string): Promise<PlacementChanges> => {
      await meetSharedBackend(this.#db, instance)
      return listPlacement(this.#db, after)
    },
    confirm: (instance: string, move: number) =>
      confirmReleased(this.#db, [{ userId: this.userId, move }], instance),
    leave: (instance: string) => partWithSharedBackend(this.#db, instance),
    bootstrap: (caller: AppProcess): Promise<Word> =>
      this.#asCaller(caller, () =>
        this.#db.transaction().execute(async (tx): Promise<Word> => {
          const app = await lockApp(tx, caller.row.id)
          if (!app) return 'over'
          assertCurrent(app, caller.machineId)
          if (isDraining(app)) return 'drain'
          const { runsOn, userFlyAppId } = await takeTraders(tx, app, 'confirmed')
          const orders = ordersFor(app, { runsOn, placedAppId: userFlyAppId }, DEPS)
          const { version } = await readTraderSet(tx, app.userId)
          const etag = etagOf(orders, version, DEPS)
          await recordBootstrap(tx, app.id, caller.machineId, { etag })
          return mayTrade(orders) ? 'dedicated' : orders.placement
        }),
      ),
    heartbeat: (caller: AppProcess): Promise<Word> =>
      this.#asCaller(caller, async (app): Promise<Word> => {
        const report = { machineId: caller.machineId, runningTraderIds: [] }
        const standing = await recordHeartbeat(this.#db, app.id, report)
        if (!standing) return 'over'
        if (isDraining(app)) return 'drain'
        const etag = etagOf(ordersFor(app, standing, DEPS), standing.tradersVersion, DEPS)
        return standing.bootstrapEtag === etag ? 'fine' : 'reload'
      }),
    drained: (caller: AppProcess): Promise<Word> =>
      this.#asCaller(caller, async (app): Promise<Word> => {
        const report = { signalsFlushed: 0, executionsFlushed: 0, lost: 0 }
        return (await recordDrained(this.#db, app.id, report, caller.machineId)) ? 'fine' : 'over'
      }),
  }

  async #asCaller(caller: AppProcess, answer: (app: AppRow) => Promise<Word>): Promise<Word> {
    const app = await findAppById(this.#db, caller.row.id)
    if (!app) return 'later'
    if (app.deletedAt) await returnTraders(this.#db, app.id)
    try {
      assertCurrent(app, caller.machineId)
      return await answer(app)
    } catch (error) {
      if (isHangarError(error, 'machine_not_recorded')) return 'later'
      if (isHangarError(error, 'generation_ended') || isHangarError(error, 'machine_not_current'))
        return 'over'
      throw error
    }
  }

  // What the worker does.

  async #sweeps(): Promise<void> {
    for (;;) {
      await this.pause(SWEEP_MS)
      await this.inDatabase(() => returnFromGivenUp(this.#db))
      const silent = await this.inDatabase(() =>
        listSilentHolders(this.#db, { silentMs: SILENT_MS, limit: 9 }),
      )
      for (const holder of silent.filter(({ userId }) => userId === this.userId)) {
        await this.pause(this.#random.between(10, 800))
        const up = this.processes.some((one) => one.alive && holder.machineIds.includes(one.machineId))
        await this.pause(this.#random.between(10, 800))
        if (!up) await this.inDatabase(() => returnUnlessHeard(this.#db, holder))
      }
    }
  }

  addShared(): SharedBackend {
    const instance = new SharedBackend(this, `shared-${this.shared.length + 1}-${this.userId.slice(0, 8)}`)
    this.shared.push(instance)
    void instance.start()
    return instance
  }

  async provision(): Promise<void> {
    this.#generation += 1
    const name = `vyx-user-${this.userId.slice(0, 8)}-${this.#generation}`
    const app = {
      userId: this.userId,
      generation: this.#generation,
      flyAppName: name,
      network: name,
      tier: 'pro',
      region: 'iad',
      image: 'i',
      cpuKind: 'shared' as const,
      cpus: 1,
      memoryMb: 256,
    }
    this.row = await this.inDatabase(() => this.#db.transaction().execute((tx) => insertApp(tx, app)))
    await this.launch()
  }

  /** A machine, made and put on record; its program may ask before that. */
  async launch(): Promise<void> {
    const { row } = this
    if (!row) return
    const machineId = `m${++this.#machines}`
    this.after(this.#random.between(10, 3_000), () => this.boot(row, machineId))
    await this.pause(this.#random.between(10, 2_000))
    await this.change({ flyMachineId: machineId, launchedAt: 'now' })
  }

  boot(row: AppRow, machineId: string): void {
    const process = new AppProcess(this, row, machineId)
    this.processes.push(process)
    void process.start()
  }

  /** The program that the row's machine runs, or ran. */
  get process(): AppProcess | undefined {
    return this.processes.findLast(({ machineId }) => machineId === this.row?.flyMachineId)
  }

  async change(patch: AppPatch): Promise<void> {
    const { row } = this
    if (row)
      this.row = await this.inDatabase(() =>
        this.#db.transaction().execute((tx) => updateApp(tx, row.id, patch)),
      )
  }

  /** The row is closed; `traders`: the app certainly runs no more. */
  async close(traders: 'returned' | 'left'): Promise<void> {
    const id = this.row?.id
    await this.change({ status: 'deleted', deletedAt: 'now' })
    if (id !== undefined && traders === 'returned') await this.inDatabase(() => returnTraders(this.#db, id))
    this.row = null
  }

  async confirmStopped(machineId: string): Promise<void> {
    const id = this.row?.id
    if (id === undefined) return
    const app = sql`(select ${id}::uuid as id)`
    await this.inDatabase(() => releaseMachineOf(app, machineId).execute(this.#db))
  }
}

function nameOf(party: object): string {
  return party instanceof AppProcess || party instanceof SharedBackend ? party.name : 'somebody'
}
