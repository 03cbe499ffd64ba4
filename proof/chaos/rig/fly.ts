/** The stand-in's own side door: what it holds, what it was asked, and what shall go wrong. Not through any link. */
import type { CallEntry, FaultKind } from '@hangar/fly-sim'

export type MachineState = {
  id: string
  state: string
  instance_id: string
  restart_count: number
  env: Record<string, string>
  guest: { cpu_kind?: string; cpus?: number; memory_mb?: number }
}
export type AppState = { name: string; machines: MachineState[] }

export type FaultOrder = {
  kind: FaultKind
  match?: Record<string, string>
  probability?: number
  count?: number
  params?: Record<string, number | string>
}

export type Strikes = Partial<Record<FaultKind, number>>

/** A page of the call log in one answer. */
const PAGE = 10_000

export class FlyDoor {
  readonly #url: string

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/_sim`
  }

  async apps(): Promise<AppState[]> {
    return (await this.#ask<{ apps: AppState[] }>('GET', 'state')).apps
  }

  async calls(): Promise<CallEntry[]> {
    const all: CallEntry[] = []
    for (;;) {
      const after = all.at(-1)?.seq ?? 0
      const { calls } = await this.#ask<{ calls: CallEntry[] }>('GET', `calls?after=${after}&limit=${PAGE}`)
      all.push(...calls)
      if (calls.length < PAGE) return all
    }
  }

  /** The newest values of each app's secrets, as a machine that boots now gets them. */
  async secrets(): Promise<Map<string, Record<string, string>>> {
    type Dump = {
      world: { apps: { name: string; secrets: { secrets: Record<string, { value: string }> }[] | null }[] }
    }
    const { world } = await this.#ask<Dump>('GET', 'dump')
    return new Map(
      world.apps.map(({ name, secrets }) => [
        name,
        Object.fromEntries(
          Object.entries(secrets?.at(-1)?.secrets ?? {}).map(([key, { value }]) => [key, value]),
        ),
      ]),
    )
  }

  /** The number by which it is called off. */
  async order(fault: FaultOrder): Promise<number> {
    return (await this.#ask<{ id: number }>('POST', 'faults', fault)).id
  }

  /** One that is over by itself is nobody's mistake. */
  async callOff(id: number): Promise<void> {
    await this.#ask('DELETE', `faults/${id}`)
  }

  /** By kind, how often a fault has struck or was felt so far. */
  async strikes(): Promise<Strikes> {
    return (await this.#ask<{ strikes: Strikes }>('GET', 'faults')).strikes
  }

  async endFaults(): Promise<void> {
    await this.#ask('DELETE', 'faults')
  }

  /** The machine's program ends, or the machine is put into a state by somebody who is not Hangar. */
  async touch(machineId: string, what: { exitCode: number } | { state: string }): Promise<void> {
    await this.#ask('POST', `machines/${machineId}`, what)
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#url}/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} /_sim/${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }
}
