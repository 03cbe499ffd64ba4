/**
 * Hangar in one process, on virtual time: the engine and the repositories as they are, PostgreSQL for real, the queue
 * and Fly in memory behind the same ports, and everything that can go wrong around them at somebody's command.
 */
import { laneFor } from '@hangar/core'
import { createMemoryFlySim, type FaultKind, type FaultSpec, type MemoryFlySim } from '@hangar/fly-sim'
import type { TierChange } from '../checker/index.ts'
import { Apps } from './apps.ts'
import { inOrder, race } from './dispatch.ts'
import { createUsers, setTier, userId } from './host.ts'
import { databaseOf, SqlClock, type Store } from './database.ts'
import { Dice } from './dice.ts'
import { ENGINE, type Engine } from './engine.ts'
import { type FlyWire, FLY_TOKEN, flyClientOf, ORG } from './fly.ts'
import { installVirtualTimers } from './global-timers.ts'
import { Housekeeping, type Intervals } from './housekeeping.ts'
import { Operator } from './operator.ts'
import { Lanes } from './queue.ts'
import { Scheduler } from './scheduler.ts'
import { type FleetPace, FLY_DELAYS, KEY_RING, SETTINGS } from './settings.ts'
import { loggerOf } from './trace-logger.ts'
import { Trace } from './trace.ts'
import { type Actor, newActor, VirtualTime } from './virtual-time.ts'
import { WorkerProcess } from './worker.ts'

export type SimulationOptions = {
  seed: number
  store: Store
  /** Keeps the trace as text. */
  readable?: boolean
  users?: number
  workers?: number
  engine?: Partial<Engine>
  /** Default: the relay each second, and no sweeps. */
  intervals?: Partial<Intervals>
  /** As production runs: for many users, whose turns do not wait for each other. Default: a history's pace. */
  fleet?: FleetPace
}

/** Jobs that one worker works on at once. */
const SLOTS = 2

/** How a fault of Fly is called in the table of what went wrong. */
export const strikeOf = (kind: FaultKind): string => `fly ${kind}`

export class Simulation {
  readonly seed: number
  readonly time = new VirtualTime()
  readonly dice: Dice
  readonly trace: Trace
  readonly scheduler: Scheduler
  readonly lanes: Lanes
  readonly memory: MemoryFlySim
  readonly apps: Apps
  readonly users: string[]
  readonly store: Store
  readonly sqlClock: SqlClock
  readonly engine: Engine
  readonly housekeeping: Housekeeping
  readonly operator: Operator
  /** Their last tiers: the whole model of what should be. */
  readonly tiers = new Map<string, string>()
  readonly tierChanges: TierChange[] = []
  /** By kind, how often something was made to go wrong. */
  readonly faults = new Map<string, number>()
  readonly #host = newActor('host')
  readonly #api = newActor('api')
  readonly #fly = newActor('fly')
  readonly #options: SimulationOptions
  readonly #workers: WorkerProcess[] = []
  isCalm = false
  /** Somebody has stopped or destroyed a machine: the health sweep has to notice. */
  wasTouched = false
  #started = 0
  #error: unknown = null
  #uninstall: () => void = () => undefined

  constructor(options: SimulationOptions) {
    const { fleet } = options
    this.#options = options
    this.seed = options.seed
    this.store = options.store
    this.engine = { ...ENGINE, ...options.engine }
    this.dice = new Dice(options.seed)
    this.trace = new Trace(options.readable === true)
    this.scheduler = new Scheduler(this.time, this.trace, this.dice.fork())
    this.scheduler.sideBySide = fleet !== undefined
    this.scheduler.onError = (error) => (this.#error ??= error)
    this.scheduler.onExit = (actor) =>
      this.crash(
        this.#workers.findIndex((one) => one.actor === actor),
        2_000,
      )
    this.sqlClock = new SqlClock(this.store.client, this.scheduler)
    this.memory = createMemoryFlySim({
      clock: this.time.forFly(this.#fly),
      seed: this.dice.between(1, 2 ** 30),
      orgs: [ORG, 'elsewhere'],
      tokens: [FLY_TOKEN],
      delays: fleet?.delays ?? FLY_DELAYS,
      rateLimits: true,
      ...(fleet && { callLogSize: fleet.calls }),
    })
    this.lanes = new Lanes({
      waiting: () => this.#dispatch(),
      later: (delayMs, run) => this.scheduler.after(delayMs, this.#fly, run),
      nowMs: () => this.time.nowMs,
    })
    const api = databaseOf(this.#api, this.scheduler, this.store, this.sqlClock)
    this.apps = new Apps({
      sim: this.memory.sim,
      scheduler: this.scheduler,
      db: api,
      lanes: this.lanes,
      dice: this.dice.fork(),
      ...(fleet && { rest: fleet.rest }),
    })
    this.users = Array.from({ length: options.users ?? 1 }, (_, index) => userId(options.seed, index + 1))
    this.housekeeping = new Housekeeping(this, { relayMs: 1_000, sweepsMs: {}, ...options.intervals })
    this.operator = new Operator(this)
  }

  get workers(): readonly WorkerProcess[] {
    return this.#workers
  }

  async start(): Promise<void> {
    this.#uninstall = installVirtualTimers(this.time, () => this.scheduler.current)
    await this.store.clear()
    this.sqlClock.tell()
    await createUsers(this.store.client, this.users)
    for (const user of this.users) this.tiers.set(user, 'free')
    for (let i = 0; i < (this.#options.workers ?? 2); i++) this.#workers.push(this.#newWorker())
    this.housekeeping.start()
  }

  stop(): void {
    this.#uninstall()
  }

  /** Lets the world go on for so long, or until `until` says that it is enough. Whether it did say so. */
  async run(forMs: number, until?: () => boolean): Promise<boolean> {
    const limitMs = this.time.nowMs + forMs
    while (this.time.nowMs < limitMs) {
      if (until?.() === true) return true
      await this.scheduler.step(limitMs)
      if (this.#error !== null) throw this.#error as Error
    }
    return until?.() === true
  }

  /** Something that happens to Hangar from outside, after a while. */
  later(afterMs: number, run: () => void): void {
    this.scheduler.after(afterMs, this.#host, run)
  }

  user(index: number): string {
    const user = this.users[index]
    if (user === undefined) throw new Error(`there is no user ${index}`)
    return user
  }

  count(kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1)
  }

  /** The product changes a tier; each delay is a delivery of the webhook, none if it is lost. */
  flip(user: string, tier: string, deliveriesMs: readonly number[]): void {
    const write = async () => {
      await this.scheduler.turn(this.#host, 'other', `sets ${user.slice(-4)} to ${tier}`, async () => {
        this.sqlClock.tell()
        this.sqlClock.writes++
        await setTier(this.store.client, user, tier)
        this.tiers.set(user, tier)
        const at = new Date(this.time.nowMs)
        const entitled = laneFor(tier, 'active', SETTINGS.policy) === 'provision'
        this.tierChanges.push({ userId: user, entitled, notBefore: at, committedBy: at })
      })
      const lane = laneFor(tier, 'active', SETTINGS.policy)
      for (const afterMs of deliveriesMs)
        this.scheduler.after(afterMs, this.#api, () => this.wake(user, lane, 'webhook'))
    }
    write().catch(this.scheduler.onError)
  }

  wake(user: string, lane: 'provision' | 'deprovision', why: string, evenIfBackingOff = false): void {
    this.scheduler
      .turn(this.#api, 'queue', `${why} wakes the ${lane} lane of ${user.slice(-4)}`, () =>
        this.lanes.wake({ userId: user, lane, evenIfBackingOff }),
      )
      .catch(this.scheduler.onError)
  }

  /** An operator's or the product's own call: a newer want, and a wake. */
  callByHand(user: string): void {
    this.housekeeping.raise(user, 'manual').catch(() => undefined)
  }

  flyFault(spec: FaultSpec, forMs: number): void {
    const { sim } = this.memory
    const fault = sim.faults.add(spec)
    this.scheduler.after(forMs, this.#fly, () => void sim.faults.remove(fault.id))
  }

  /** SIGKILL; another process takes its place after a while. */
  crash(index: number, restartAfterMs: number): void {
    const worker = this.#workers[index]
    if (worker === undefined || worker.actor.state === 'dead') return
    this.count('worker killed')
    worker.looseLocks()
    this.scheduler.kill(worker.actor)
    this.trace.remark(this.time.elapsedMs, worker.actor.name, 'is killed')
    this.scheduler.after(restartAfterMs, this.#fly, () => this.#restart(index))
  }

  /** SIGSTOP, and SIGCONT after a while. */
  freeze(index: number, forMs: number): void {
    const worker = this.#workers[index]
    if (worker?.actor.state !== 'running') return
    this.count('worker frozen')
    worker.looseLocks()
    this.scheduler.freeze(worker.actor)
    this.trace.remark(this.time.elapsedMs, worker.actor.name, 'is frozen')
    this.scheduler.after(forMs, this.#fly, () => this.#thaw(worker))
  }

  flushQueue(): void {
    this.count('queue flushed')
    this.trace.remark(this.time.elapsedMs, 'redis', 'is flushed')
    this.lanes.flush()
  }

  /** The faults are over: everybody lives and behaves, and Fly is well. */
  calm(): void {
    this.isCalm = true
    const { sim } = this.memory
    sim.faults.clear()
    // It is told nothing else to do wrong from here on, so this is all that it did.
    for (const [kind, times] of sim.faults.strikes) this.faults.set(strikeOf(kind), times)
    this.scheduler.saboteur = () => null
    this.apps.calm()
    this.operator.calm()
    this.housekeeping.calm()
    for (const [index, worker] of this.#workers.entries()) {
      this.#thaw(worker)
      this.#restart(index)
    }
    this.trace.remark(this.time.elapsedMs, 'everybody', 'is well from here on')
  }

  #thaw(worker: WorkerProcess): void {
    if (worker.actor.state !== 'frozen') return
    this.trace.remark(this.time.elapsedMs, worker.actor.name, 'goes on')
    this.scheduler.thaw(worker.actor)
    worker.noticeLostLocks()
    this.#dispatch()
  }

  #restart(index: number): void {
    if (this.#workers[index]?.actor.state !== 'dead') return
    this.#workers[index] = this.#newWorker()
    this.#dispatch()
  }

  #newWorker(): WorkerProcess {
    const actor: Actor = newActor(`worker-${++this.#started}`)
    const dice = this.dice.fork()
    const wire: FlyWire = { scheduler: this.scheduler, memory: this.memory, fly: this.#fly }
    return new WorkerProcess({
      actor,
      db: databaseOf(actor, this.scheduler, this.store, this.sqlClock),
      fly: flyClientOf(actor, wire, dice.fork()),
      keyRing: KEY_RING,
      logger: loggerOf(this.scheduler, actor),
      settings: SETTINGS,
      scheduler: this.scheduler,
      lanes: this.lanes,
      dice,
      reconcile: this.engine.reconcile,
      slots: this.#options.fleet?.slots ?? SLOTS,
      slotsPerLane: this.#options.fleet !== undefined,
      freed: () => this.#dispatch(),
    })
  }

  /** Whoever has a free slot asks for a job that waits. */
  #dispatch(): void {
    const dispatch = this.#options.fleet ? inOrder : race
    dispatch(this.lanes, this.#workers, this.dice)
  }

  databaseFor(actor: Actor) {
    return databaseOf(actor, this.scheduler, this.store, this.sqlClock)
  }
}
