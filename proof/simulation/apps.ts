/**
 * The users' apps: a program in each machine that the stand-in boots. It asks for its bootstrap, beats, drains when it
 * is told, by heartbeat or SIGTERM, and ends. It can also misbehave: never beat, or ignore what it is told. What the
 * shim of the API does with its calls is done here on the same repositories.
 */
import {
  type AppRow,
  type Database,
  findAppByName,
  recordBootstrap,
  recordDrained,
  recordHeartbeat,
} from '@hangar/db'
import type { Machine, Runner, Sim } from '@hangar/fly-sim'
import type { Dice } from './dice.ts'
import type { Lanes } from './queue.ts'
import type { Scheduler } from './scheduler.ts'
import { type Actor, newActor } from './virtual-time.ts'

const BEAT_MS = 30_000
const ASK_AGAIN_MS = 1_000

export type Manners = { beats: boolean; drains: boolean }
const GOOD: Manners = { beats: true, drains: true }

export type AppsParts = {
  sim: Sim
  scheduler: Scheduler
  /** The API's. */
  db: Database
  lanes: Lanes
  dice: Dice
  /** Beats for an app that has nothing to tell and nothing to do, until it calls `goOn`. Default: it beats by itself. */
  rest?: (app: RestingApp) => void
}

export type RestingApp = {
  appId: string
  machineId: string
  /** False once its machine has stopped, or has booted anew. */
  runs: () => boolean
  goOn: () => void
}

type Program = {
  machine: Machine
  actor: Actor
  manners: Manners
  /** What it is to the user while it runs their traders. */
  trading: { userId: string; generation: number } | null
  bootstrapped: boolean
  draining: boolean
}

export class Apps {
  readonly #parts: AppsParts
  readonly #programs = new Map<string, Program>()
  /** What a new program is like; all are good once the faults are over. */
  manners: () => Manners = () => GOOD
  /** Two programs of one user traded at once. */
  readonly doubles: string[] = []

  constructor(parts: AppsParts) {
    this.#parts = parts
    parts.sim.lifecycle.runnerOf = () => this.#runner
  }

  /** Whoever misbehaves comes to its senses. */
  calm(): void {
    this.manners = () => GOOD
    for (const program of this.#programs.values()) {
      if (program.manners === GOOD) continue
      program.manners = GOOD
      this.#later(program, 100, () => this.#report(program))
    }
  }

  get #runner(): Runner {
    const { pretend } = this.#parts.sim.lifecycle
    return {
      boot: (machine) => {
        pretend.boot(machine)
        this.#boot(machine)
      },
      stop: (machine, signal, timeoutMs) => {
        const program = this.#programs.get(machine.id)
        if (program && signal !== 'SIGKILL' && program.manners.drains) this.#drain(program)
        pretend.stop(machine, signal, timeoutMs)
      },
      signal: (machine, signal) => pretend.signal(machine, signal),
      pause: () => undefined,
      resume: () => undefined,
      isRunning: (machine) => pretend.isRunning(machine),
      checkResult: () => null,
      exec: (machine, asked) => pretend.exec(machine, asked),
      process: (machine) => pretend.process(machine),
      shutdown: () => pretend.shutdown(),
    }
  }

  #boot(machine: Machine): void {
    const { dice, scheduler } = this.#parts
    const before = this.#programs.get(machine.id)
    if (before) scheduler.kill(before.actor)
    const program: Program = {
      machine,
      actor: newActor(`app-${machine.appName.slice(-4)}`),
      manners: this.manners(),
      trading: null,
      bootstrapped: false,
      draining: false,
    }
    this.#programs.set(machine.id, program)
    this.#later(program, dice.between(20, 900), () => this.#report(program))
  }

  /** False once its machine has stopped, or has booted anew. */
  #runs(program: Program): boolean {
    const { pretend } = this.#parts.sim.lifecycle
    return pretend.isRunning(program.machine) && this.#programs.get(program.machine.id) === program
  }

  #later(program: Program, afterMs: number, run: () => Promise<void>): void {
    const { scheduler } = this.#parts
    scheduler.after(afterMs, program.actor, () => {
      if (!this.#runs(program)) {
        program.trading = null
        return
      }
      // The API was away: asked again.
      run().catch(() => this.#later(program, ASK_AGAIN_MS, run))
    })
  }

  /** One heartbeat, and before the first of them the bootstrap. */
  async #report(program: Program): Promise<void> {
    if (!program.manners.beats) return
    const { db, lanes, scheduler } = this.#parts
    const { id: machineId } = program.machine
    const row = await findAppByName(db, program.machine.appName)
    if (!row || row.deletedAt || (row.flyMachineId !== null && row.flyMachineId !== machineId)) {
      // 410: its time is over, and it stays idle.
      program.trading = null
      return
    }
    if (row.flyMachineId === null) {
      this.#later(program, ASK_AGAIN_MS, () => this.#report(program))
      return
    }
    if (!program.bootstrapped) {
      await recordBootstrap(db, row.id, machineId)
      program.bootstrapped = true
      if (!isDraining(row)) this.#trade(program, row)
    }
    await recordHeartbeat(db, row.id, { machineId, runningTraderIds: [] })
    if (row.status === 'provisioning' || row.operation !== null)
      await scheduler.turn(program.actor, 'queue', 'beats, and wakes the provision lane', () =>
        lanes.wake({ userId: row.userId, lane: 'provision' }),
      )
    if (isDraining(row) && program.manners.drains) this.#drain(program)
    const next = () => this.#report(program)
    if (!this.#parts.rest || row.status !== 'active' || row.operation !== null)
      this.#later(program, BEAT_MS, next)
    else
      this.#parts.rest({
        appId: row.id,
        machineId,
        runs: () => this.#runs(program),
        goOn: () => this.#later(program, 0, next),
      })
  }

  #trade(program: Program, row: AppRow): void {
    if (!this.#runs(program)) return
    for (const other of this.#programs.values()) {
      if (other === program || other.trading?.userId !== row.userId || !this.#runs(other)) continue
      this.doubles.push(`generations ${other.trading.generation} and ${row.generation} of ${row.userId}`)
    }
    program.trading = { userId: row.userId, generation: row.generation }
  }

  #drain(program: Program): void {
    if (program.draining) return
    program.draining = true
    this.#later(program, this.#parts.dice.between(10, 400), () => this.#drained(program))
  }

  async #drained(program: Program): Promise<void> {
    const { db, lanes, scheduler } = this.#parts
    program.trading = null
    const row = await findAppByName(db, program.machine.appName)
    if (!row || row.deletedAt || row.flyMachineId !== program.machine.id) return
    await recordDrained(db, row.id, { signalsFlushed: 1, executionsFlushed: 1, lost: 0 })
    const lane = row.teardownStartedAt === null ? 'provision' : 'deprovision'
    await scheduler.turn(program.actor, 'queue', `is drained, and wakes the ${lane} lane`, () =>
      lanes.wake({ userId: row.userId, lane }),
    )
  }
}

const isDraining = (row: AppRow) => row.teardownStartedAt !== null || row.drainStartedAt !== null
