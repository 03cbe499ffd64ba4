/** Fly's side of a running stack, as a test needs it: what was called, what goes wrong, what an app says of itself. */
import { urlOf } from '../settings.ts'
import type { Stack } from '../stack.ts'

/** As the stand-in's log has them; it is asked over HTTP, like Fly. */
type Call = { seq: number; operation: string; app: string | null; applied: boolean; atMs: number }

type FaultSpec = {
  kind: string
  match: { operation: string; app?: string }
  count: number
  params?: { ms: number }
}
type Fault = FaultSpec & { id: number; struck: number }

/** What a user's app answers on /health, whether it calls itself healthy or not. */
export type AppHealth = {
  status: number
  state: string
  running_trader_ids: string[]
  cycle: number
  buffered_signals?: number
}

export class FlyStandIn {
  readonly #url: string
  readonly #token: string

  constructor(stack: Stack) {
    this.#url = urlOf(stack.addresses, 'flySim')
    this.#token = stack.secrets.flyToken
  }

  /** The calls that changed something, or might have. Oldest first. */
  async applied(operation: string, app?: string): Promise<Call[]> {
    const query = new URLSearchParams({ operation, ...(app !== undefined && { app }) })
    const { calls } = await this.#admin<{ calls: Call[] }>('GET', `calls?${query.toString()}`)
    return calls.filter((call) => call.applied)
  }

  addFault(fault: FaultSpec): Promise<Fault> {
    return this.#admin('POST', 'faults', fault)
  }

  async hasStruck({ id }: Fault): Promise<boolean> {
    const { active } = await this.#admin<{ active: Fault[] }>('GET', 'faults')
    return active.some((fault) => fault.id === id && fault.struck > 0)
  }

  /** As somebody would with Fly's own command line: Hangar is not asked. */
  async destroyByHand(app: string, machineId: string): Promise<void> {
    const response = await fetch(`${this.#url}/v1/apps/${app}/machines/${machineId}?force=true`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${this.#token}` },
    })
    if (!response.ok) throw new Error(`destroying ${machineId}: ${response.status}`)
  }

  /** The app's program dies, as by a crash: nobody asked for it, so Fly starts it again. */
  async crash(app: string): Promise<void> {
    type State = { machines: { pid: number | null }[] }
    const { machines } = await this.#admin<State>('GET', `apps/${app}`)
    for (const { pid } of machines) if (pid !== null) process.kill(pid, 'SIGKILL')
  }

  /** The machines that are not gone, by the stand-in's own books: asking as Hangar does would use up its rate. */
  async machines(app: string): Promise<{ id: string; state: string }[]> {
    type State = { apps: { machines: { id: string; state: string }[] }[] }
    const { apps } = await this.#admin<State>('GET', `state?app=${app}`)
    return (apps[0]?.machines ?? []).filter(({ state }) => state !== 'destroyed')
  }

  /** Null while no process of the app answers. */
  async health(app: string): Promise<AppHealth | null> {
    const response = await fetch(`${this.#url}/_app/${app}/health`)
    const body: unknown = await response.json().catch(() => null)
    const isAnswer = typeof body === 'object' && body !== null && 'running_trader_ids' in body
    return isAnswer ? { ...(body as AppHealth), status: response.status } : null
  }

  /** What the app's processes printed, the stand-in's own words about them too; of an app that is gone as well. */
  async logs(app: string): Promise<string[]> {
    const { lines } = await this.#admin<{ lines: { line: string }[] }>('GET', `logs/${app}`)
    return lines.map(({ line }) => line)
  }

  /** A variable of the app's process, secrets included, as somebody with Fly's own command line could read it. */
  async readEnv(app: string, machineId: string, name: string): Promise<string> {
    const response = await fetch(`${this.#url}/v1/apps/${app}/machines/${machineId}/exec`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ command: ['printenv', name] }),
    })
    if (!response.ok) throw new Error(`reading ${name} of ${app}: ${response.status}`)
    return ((await response.json()) as { stdout: string }).stdout.trim()
  }

  async #admin<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#url}/_sim/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} /_sim/${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }
}
