/**
 * One instance of a service, kept up as a supervisor would keep it:
 *
 *   up ──kill──▶ down ──start──▶ up      up ──freeze──▶ frozen ──thaw──▶ up
 *   up ──ends by itself──▶ started again half a second later
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startProcess, type ManagedProcess, waitFor } from '@hangar/testkit/local'
import { inRepository, SERVICE_ENTRIES, type ServiceName } from '../../../scripts/stack/programs.ts'

const RESTART_AFTER_MS = 500

export type ReplicaOptions = {
  name: string
  service: ServiceName
  port: number
  env: Record<string, string>
  logFolder: string
}

export class Replica {
  readonly name: string
  readonly service: ServiceName
  readonly port: number
  readonly #options: ReplicaOptions
  #process: ManagedProcess | null = null
  #wantedUp = false
  #frozen = false
  starts = 0
  /** Ends that nobody asked for. */
  ownEnds = 0

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.name = options.name
    this.service = options.service
    this.port = options.port
  }

  get pid(): number | null {
    return this.#process?.running === true ? this.#process.pid : null
  }

  async start(): Promise<void> {
    this.#wantedUp = true
    this.starts += 1
    const { name, service, env, logFolder } = this.#options
    const started = await startProcess({
      name,
      entry: inRepository(SERVICE_ENTRIES[service]),
      env,
      cwd: inRepository('.'),
      logFile: join(logFolder, `${name}.${this.starts}.log`),
      stopMs: 15_000,
    })
    this.#process = started
    void started.exited.then(() => this.#ended(started))
  }

  async ready(): Promise<void> {
    await waitFor(
      async () => {
        const response = await fetch(`http://127.0.0.1:${this.port}/readyz`, {
          signal: AbortSignal.timeout(2_000),
        })
        await response.body?.cancel()
        return response.ok
      },
      { what: `${this.name} to be ready`, timeoutMs: 40_000 },
    )
  }

  async kill(): Promise<void> {
    this.#wantedUp = false
    this.#frozen = false
    this.#process?.kill('SIGKILL')
    await this.#process?.exited
  }

  freeze(): void {
    this.#frozen = true
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#frozen = false
    this.#process?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    this.#wantedUp = false
    if (this.#frozen) this.thaw()
    await this.#process?.stop()
  }

  async #ended(ended: ManagedProcess): Promise<void> {
    if (!this.#wantedUp || this.#process !== ended) return
    this.ownEnds += 1
    await delay(RESTART_AFTER_MS)
    // Somebody may have stopped or started it meanwhile.
    if (this.#stillDown(ended)) await this.start()
  }

  #stillDown(ended: ManagedProcess): boolean {
    return this.#wantedUp && this.#process === ended
  }
}
