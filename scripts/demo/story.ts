/** The main job, from a user's upgrade to their next one. Each chapter ends when what it says is really so. */
import { waitFor } from '@hangar/testkit/local'
import type { AppRow } from '@hangar/db'
import type { DemoUser, RunningTrader } from './user.ts'

export type Chapter = { step: string; happened: string; ms: number }

export type DemoResult = {
  provisionMs: number
  resizeMs: number
  deprovisionMs: number
  reprovisionMs: number
  names: string[]
  tradersRan: boolean
  eventsCount: number
  rowsKept: boolean
}

const ROWS = ['traders', 'signals', 'executions'] as const

/** Far more than any step takes; a step that takes so long is stuck. */
const STEP_TIMEOUT_MS = 90_000

export class Story {
  readonly chapters: Chapter[] = []
  readonly #user: DemoUser
  readonly #say: (line: string) => void
  readonly #signal: AbortSignal
  #lastEventId = 0
  #tradersSeen = 0

  constructor(user: DemoUser, say: (line: string) => void, signal: AbortSignal) {
    this.#user = user
    this.#say = say
    this.#signal = signal
  }

  async tell(): Promise<DemoResult> {
    const before = await this.#user.keptRows()
    const first = await this.#runsOn('free → pro', 'pro', 512)
    const resized = await this.#runsOn('pro → elite', 'elite', 1_024)
    const gone = await this.#isGone('elite → free', first.name)
    const second = await this.#runsOn('free → pro again', 'pro', 512)
    if (second.name === first.name)
      throw new Error(`The second app has the name of the first, ${first.name}.`)

    const after = await this.#user.keptRows()
    const apps = await this.#user.apps()
    // The apps add signals and executions while they run; no row goes.
    const rowsKept = apps.length === 2 && ROWS.every((kind) => after[kind] >= before[kind])
    const events = await this.#user.eventsAfter(0)
    return {
      provisionMs: first.ms,
      resizeMs: resized.ms,
      deprovisionMs: gone.ms,
      reprovisionMs: second.ms,
      names: [first.name, second.name],
      tradersRan: this.#tradersSeen === 3,
      eventsCount: events.length,
      rowsKept,
    }
  }

  /** After the change of tier: one app, active, healthy, of the right size, running one of the user's own traders. */
  async #runsOn(step: string, tier: string, memoryMb: number): Promise<{ name: string; ms: number }> {
    const startedAt = await this.#change(tier)
    const { app, trader } = await this.#until(
      `an app with ${memoryMb} MB that runs a trader`,
      startedAt,
      async () => {
        const app = await this.#user.liveApp()
        if (app?.status !== 'active' || app.healthStatus !== 'healthy' || app.memoryMb !== memoryMb)
          return null
        if ((await this.#user.memoryMbOnFly(app.flyAppName)) !== memoryMb) return null
        const trader = await this.#user.runningTrader(app.flyAppName)
        return trader && { app, trader }
      },
    )
    this.#tradersSeen += 1
    const ms = elapsed(startedAt)
    this.#close(step, describeApp(app, trader), ms)
    return { name: app.flyAppName, ms }
  }

  /** After the change to free: no app, here or on Fly, and every row still there. */
  async #isGone(step: string, name: string): Promise<{ ms: number }> {
    const startedAt = await this.#change('free')
    const ended = await this.#until(`${name} to be gone`, startedAt, async () => {
      const app = (await this.#user.apps()).find(({ flyAppName }) => flyAppName === name)
      return app?.status === 'deleted' && !(await this.#user.isOnFly(name)) && app
    })
    const ms = elapsed(startedAt)
    const { traders, signals, executions } = await this.#user.keptRows()
    const cost = ended.finalCostUsd === null ? 'an unknown sum' : `${ended.finalCostUsd} USD`
    this.#close(
      step,
      `${name} is drained and deleted (it cost ${cost}); still there: ` +
        `${traders} traders, ${signals} signals, ${executions} executions`,
      ms,
    )
    return { ms }
  }

  async #change(tier: string): Promise<number> {
    const statement = this.#user.tierChange(tier)
    this.#say(`\n${statement}`)
    const startedAt = performance.now()
    await this.#user.runSql(statement)
    return startedAt
  }

  /** Tells the events as they are written while it waits. */
  #until<T>(what: string, startedAt: number, holds: () => Promise<T>) {
    return waitFor(
      async () => {
        await this.#tellEvents(startedAt)
        return holds()
      },
      { what, timeoutMs: STEP_TIMEOUT_MS, signal: this.#signal },
    )
  }

  async #tellEvents(startedAt: number): Promise<void> {
    for (const event of await this.#user.eventsAfter(this.#lastEventId)) {
      this.#lastEventId = event.id
      const outcome = event.status === 'success' || event.status === 'started' ? '' : `  (${event.status})`
      this.#say(`  ${String(elapsed(startedAt)).padStart(6)} ms  ${event.eventType}${outcome}`)
    }
  }

  #close(step: string, happened: string, ms: number): void {
    this.chapters.push({ step, happened, ms })
    this.#say(`  ${String(ms).padStart(6)} ms  ${happened}`)
  }
}

function describeApp(app: AppRow, trader: RunningTrader): string {
  const size = `${app.cpus} ${app.cpuKind} CPUs, ${app.memoryMb} MB`
  return `${app.flyAppName} is healthy on ${size} and runs "${trader.name}"`
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt)
}
