/**
 * The two kinds of programs that run a user's traders, as docs/go-shim.md has them behave, on virtual time. Each call takes
 * its way there and back; a cycle has a length, and is what "running the traders" means.
 */
import type { AppRow, PlacementChanges, RunsOn } from '@hangar/db'
import type { HandoverWorld } from './handover-world.ts'

const POLL_MS = 10_000
const HEARTBEAT_MS = 30_000
const ASK_AGAIN_MS = 3_000
const RETRY_MS = 1_000
/** A shared backend cuts off what holds up a move. */
const LONGEST_HOLD_MS = 20_000
const PAUSE_MS = 200

/** Runs cycles one after the other while it may. */
abstract class Party {
  readonly name: string
  readonly world: HandoverWorld
  alive = true
  /** Not reachable, and reaching nobody, until then. */
  cutOffUntil = 0
  cycle: { endsAt: number } | null = null

  constructor(world: HandoverWorld, name: string) {
    this.world = world
    this.name = name
  }

  abstract get mayRun(): boolean

  /** Dead at once: a kill, or the machine's end. */
  die(): void {
    this.alive = false
    this.endCycle()
  }

  endCycle(): void {
    if (!this.cycle) return
    this.cycle = null
    this.world.ends(this)
  }

  protected whenCycleIsOver(): void {}

  protected begin(): void {
    if (!this.alive || this.cycle || !this.mayRun) return
    const cycle = { endsAt: this.world.now + this.world.cycleMs() }
    this.cycle = cycle
    this.world.begins(this)
    this.world.after(cycle.endsAt - this.world.now, () => this.#end(cycle))
  }

  /** Of a call that was answered while it lives; false: nothing came of it. */
  protected async call<T>(deed: () => Promise<T>): Promise<{ value: T } | null> {
    await this.world.pause(this.world.latencyMs())
    if (!this.#isThere()) return null
    const value = await this.world.inDatabase(deed)
    await this.world.pause(this.world.latencyMs())
    return this.#isThere() ? { value } : null
  }

  #isThere(): boolean {
    return this.alive && this.world.now >= this.cutOffUntil
  }

  #end(cycle: { endsAt: number }): void {
    if (this.cycle !== cycle) return
    this.endCycle()
    this.whenCycleIsOver()
    this.world.after(PAUSE_MS, () => this.begin())
  }
}

/** One process of the shared backend. */
export class SharedBackend extends Party {
  /** Null: it has not heard from Hangar yet. */
  place: RunsOn | null = null
  #move = 0
  #cursor: string | undefined
  #leaving = false

  get mayRun(): boolean {
    return this.place === 'shared' && !this.#leaving
  }

  get isLeaving(): boolean {
    return this.#leaving
  }

  async start(): Promise<void> {
    while (this.alive) {
      const told = await this.call(() => this.world.shim.placement(this.name, this.#cursor))
      if (told) await this.#hear(told.value)
      await this.world.pause(told ? POLL_MS : RETRY_MS)
    }
  }

  /** Ends as the contract says: its last cycle, then the word. */
  async leave(): Promise<void> {
    this.#leaving = true
    while (this.alive && this.cycle) await this.world.pause(PAUSE_MS)
    await this.call(() => this.world.shim.leave(this.name))
    this.alive = false
  }

  protected override whenCycleIsOver(): void {
    if (this.place === 'moving') void this.#confirm()
  }

  async #hear({ cursor, complete, users }: PlacementChanges): Promise<void> {
    this.#cursor = cursor
    const mine = users.find(({ userId }) => userId === this.world.userId)
    if (mine) this.#move = mine.move
    this.place = mine?.runsOn ?? (complete || this.place === null ? 'shared' : this.place)
    if (this.place === 'shared') this.begin()
    if (this.place !== 'moving') return
    const { cycle } = this
    if (!cycle) return this.#confirm()
    this.world.after(LONGEST_HOLD_MS, () => {
      if (this.cycle !== cycle) return
      this.endCycle()
      this.whenCycleIsOver()
    })
  }

  async #confirm(): Promise<void> {
    const move = this.#move
    await this.call(() => this.world.shim.confirm(this.name, move))
  }
}

/** One process of a user's app, on one machine. */
export class AppProcess extends Party {
  readonly row: AppRow
  readonly machineId: string
  #dedicated = false
  #asksAgain = false
  /** It runs no more, for good: drained, or told that its time is over. */
  idle = false
  #draining = false

  constructor(world: HandoverWorld, row: AppRow, machineId: string) {
    super(world, `${machineId} of generation ${row.generation}`)
    this.row = row
    this.machineId = machineId
  }

  get mayRun(): boolean {
    return this.#dedicated && !this.idle && !this.#draining
  }

  async start(): Promise<void> {
    while (this.#isUp && !(await this.#ask())) await this.world.pause(RETRY_MS)
    let beatAt = this.world.now
    while (this.#isUp) {
      if (this.#asksAgain && this.world.now < beatAt) {
        await this.#ask()
        await this.world.pause(ASK_AGAIN_MS)
        continue
      }
      if (this.world.now < beatAt) {
        await this.world.pause(Math.min(beatAt - this.world.now, ASK_AGAIN_MS))
        continue
      }
      beatAt = this.world.now + ((await this.#beat()) ? HEARTBEAT_MS : RETRY_MS)
    }
  }

  /** By its address, SIGTERM or a heartbeat. */
  async drain(): Promise<void> {
    if (!this.#isUp || this.#draining) return
    this.#draining = true
    while (this.alive && this.cycle) await this.world.pause(PAUSE_MS)
    while (this.alive && !this.idle) {
      const told = await this.call(() => this.world.shim.drained(this))
      if (told) this.idle = true
      else await this.world.pause(RETRY_MS)
    }
  }

  get #isUp(): boolean {
    return this.alive && !this.idle && !this.#draining
  }

  async #ask(): Promise<boolean> {
    const told = await this.call(() => this.world.shim.bootstrap(this))
    if (!told || told.value === 'later') return false
    if (told.value === 'over') this.#retire()
    else if (told.value === 'drain') void this.drain()
    else if (told.value !== 'fine' && told.value !== 'reload') this.#follow(told.value)
    return true
  }

  async #beat(): Promise<boolean> {
    const told = await this.call(() => this.world.shim.heartbeat(this))
    if (!told || told.value === 'later') return false
    if (told.value === 'over') this.#retire()
    else if (told.value === 'drain') void this.drain()
    else if (told.value === 'reload') await this.#ask()
    return true
  }

  #follow(placement: RunsOn): void {
    this.#asksAgain = placement === 'moving'
    this.#dedicated = placement === 'dedicated'
    if (!this.#dedicated) this.endCycle()
    this.begin()
  }

  #retire(): void {
    this.idle = true
    this.endCycle()
  }
}
