/**
 * What runs in the users' machines, all in this process: each started machine asks for its bootstrap, beats and drains
 * over the real shim, with the token that the stand-in would give to a machine that boots.
 *
 *   starting ─bootstrap─▶ trading ─directive or POST /shutdown─▶ draining ─reported─▶ idle
 *   trading ─reload─▶ trading, as the bootstrap then says
 *   any ─410─▶ idle      any ─the machine stopped─▶ gone
 *
 * While it has traders it trades, to the end of its drain: no other app of its user may meanwhile.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../random.ts'
import type { TradingSpell } from '../../checker/index.ts'
import type { FlyDoor, MachineState } from '../rig/fly.ts'

const LOOK_MS = 300
const CALL_TIMEOUT_MS = 5_000
const ASK_AGAIN_MS = 700
const DRAIN_MS = [20, 400] as const
/** Of requests to drain, so many are lost on the way. */
const SHUTDOWN_LOST = 0.2

type Secrets = Record<string, string>
/** Aborting `end` is the machine's stop, aborting `drain` the wish that it drains. */
type Program = { app: string; secrets: Secrets; end: AbortController; drain: AbortController }

type Ask = (method: string, path: string, body?: object) => Promise<Record<string, unknown> | null>
type Spell = { -readonly [Key in keyof TradingSpell]: TradingSpell[Key] }
type Trading = { runs(userId: string, traders: readonly string[]): void; stop(): void }

export class UserApps {
  readonly #dice: Dice
  readonly #programs = new Map<string, Program>()
  readonly #stopping = new AbortController()
  readonly #server: Server
  readonly #tokens = new Set<string>()
  #fly: FlyDoor | null = null
  #hangarUrl = ''
  #looking: Promise<void> = Promise.resolve()
  readonly #spells: Spell[] = []
  drained = 0
  lossless = false

  private constructor(dice: Dice) {
    this.#dice = dice
    this.#server = createServer((request, response) => this.#shutdown(request, response))
  }

  static async listen(dice: Dice): Promise<UserApps> {
    const apps = new UserApps(dice)
    await new Promise<void>((resolve) => void apps.#server.listen(0, '127.0.0.1', resolve))
    return apps
  }

  /** Where Hangar asks an app to drain. */
  get drainUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/{app}/shutdown`
  }

  /** Every token that any machine was ever given. */
  get tokens(): readonly string[] {
    return [...this.#tokens]
  }

  get tradingSpells(): readonly TradingSpell[] {
    return this.#spells
  }

  run(fly: FlyDoor, hangarUrl: string): void {
    this.#fly = fly
    this.#hangarUrl = hangarUrl
    this.#looking = this.#look(fly)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#looking
    for (const program of this.#programs.values()) program.end.abort()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()))
  }

  /** Starts a program for each machine that has started, and ends those whose machine has not. */
  async #look(fly: FlyDoor): Promise<void> {
    let secrets = new Map<string, Secrets>()
    while (!this.#stopping.signal.aborted) {
      const running = new Map<string, [app: string, machine: MachineState]>()
      for (const app of await fly.apps()) {
        for (const machine of app.machines)
          if (machine.state === 'started') running.set(lifeOf(machine), [app.name, machine])
      }
      for (const [life, program] of this.#programs) {
        if (running.has(life)) continue
        program.end.abort()
        this.#programs.delete(life)
      }
      const fresh = [...running].filter(([life]) => !this.#programs.has(life))
      if (fresh.some(([, [app]]) => secrets.get(app)?.['HANGAR_TOKEN'] === undefined))
        secrets = await fly.secrets()
      for (const [life, [app, machine]] of fresh) this.#boot(life, app, machine, secrets.get(app) ?? {})
      await delay(LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
  }

  #boot(life: string, app: string, machine: MachineState, secrets: Secrets): void {
    const program: Program = { app, secrets, end: new AbortController(), drain: new AbortController() }
    this.#programs.set(life, program)
    for (const value of Object.values(secrets)) this.#tokens.add(value)
    // What its end interrupts ends there.
    void this.#live(program, machine.id).catch(() => {})
  }

  async #live(program: Program, machineId: string): Promise<void> {
    const trading = this.#ledger(program)
    const { signal: end } = program.end
    const caller = { machineId, token: program.secrets['HANGAR_TOKEN'] ?? '', end }
    const ask: Ask = (method, path, body) => this.#ask(caller, method, path, body)
    try {
      if (!(await this.#trade(program, ask, trading))) return
      await delay(this.#dice.between(...DRAIN_MS), undefined, { signal: end })
      trading.stop()
      if (await ask('POST', 'drained', { signals_flushed: 1, executions_flushed: 1, lost: 0 }))
        this.drained += 1
    } finally {
      trading.stop()
    }
  }

  /** Until it is to drain. False: this generation or machine is over. */
  async #trade({ end: { signal: end }, drain }: Program, ask: Ask, trading: Trading): Promise<boolean> {
    const woken = AbortSignal.any([end, drain.signal])
    let reload = true
    let running: string[] = []
    let everyMs = 0
    while (!drain.signal.aborted) {
      if (reload) {
        const bootstrap = await ask('GET', 'bootstrap')
        if (!bootstrap) return false
        everyMs = Number(bootstrap['heartbeat_interval_ms'])
        running = (bootstrap['traders'] as { id: string }[]).map(({ id }) => id)
        trading.runs(String(bootstrap['user_id']), running)
        if (bootstrap['directive'] === 'drain') break
      }
      const answer = await ask('POST', 'heartbeat', { running_trader_ids: running })
      if (!answer) return false
      const directives = answer['directives'] as string[]
      if (directives.includes('drain')) break
      reload = directives.includes('reload')
      if (!reload) await delay(everyMs, undefined, { signal: woken }).catch(() => end.throwIfAborted())
    }
    return true
  }

  /** Writes down from when to when this process trades. */
  #ledger({ app, end }: Program): Trading {
    let spell: Spell | null = null
    const stop = () => {
      if (spell) spell.to = new Date()
      spell = null
    }
    end.signal.addEventListener('abort', stop)
    const runs = (userId: string, traders: readonly string[]) => {
      if (traders.length === 0 || end.signal.aborted) stop()
      else if (!spell) this.#spells.push((spell = { userId, app, from: new Date(), to: null }))
    }
    return { runs, stop }
  }

  /** Asks until there is an answer. Null: this generation or machine is over. */
  async #ask(
    { machineId, token, end }: { machineId: string; token: string; end: AbortSignal },
    method: string,
    path: string,
    body?: object,
  ): Promise<Record<string, unknown> | null> {
    for (;;) {
      end.throwIfAborted()
      const response = await fetch(`${this.#hangarUrl}/shim/v1/${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          'X-Fly-Machine-Id': machineId,
          'Content-Type': 'application/json',
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([end, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
      }).catch(() => null)
      if (response?.ok) return (await response.json()) as Record<string, unknown>
      await response?.body?.cancel()
      if (response?.status === 410) return null
      await delay(ASK_AGAIN_MS, undefined, { signal: end })
    }
  }

  /** POST /<app>/shutdown, as the app's own address would take it. */
  #shutdown(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    const app = request.url?.split('/')[1] ?? ''
    const program = [...this.#programs.values()].find((one) => one.app === app)
    if (!program || (!this.lossless && this.#dice.chance(SHUTDOWN_LOST))) {
      request.socket.destroy()
      return
    }
    const isAllowed = request.headers['x-shutdown-token'] === program.secrets['SHUTDOWN_TOKEN']
    if (isAllowed) program.drain.abort()
    response.writeHead(isAllowed ? 202 : 403).end()
  }
}

/** A machine that starts again begins a new life. */
const lifeOf = (machine: MachineState): string =>
  `${machine.id} ${machine.instance_id} ${machine.restart_count}`
