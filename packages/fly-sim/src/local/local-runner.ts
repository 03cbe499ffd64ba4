import type { CheckResult, ExecRequest, ExecResult, OnExit, Runner } from '../machines/runner.ts'
import type { Sim } from '../sim.ts'
import type { Exit, Machine } from '../world/types.ts'
import { CheckLoop } from './checks.ts'
import { runCommand } from './exec.ts'
import type { LogStore } from './log-store.ts'
import { freePort } from './ports.ts'
import { Program } from './program.ts'
import { Watchdog } from './watchdog.ts'

const LOCAL_PREFIX = 'local:'
export const isLocal = (machine: Machine) => machine.config.image.startsWith(LOCAL_PREFIX)

/** What local processes get of the stand-in's own environment, and where they run. */
export type LocalSettings = { env: Record<string, string>; cwd: string }

type Run = {
  program: Program | null
  port: number | null
  env: Record<string, string> | null
  checks: CheckLoop | null
  stopAsked: { signal: string; timeoutMs: number } | null
}

/**
 * Runs `local:<command>` images as real processes. The command is one program with its arguments in shell quoting; it
 * gets the machine's env, the app's secrets, what Fly sets itself, and a PORT of its own in place of the config's.
 */
export class LocalRunner implements Runner {
  readonly #sim: Sim
  readonly #logs: LogStore
  readonly #settings: LocalSettings
  readonly #onExit: OnExit
  readonly #runs = new Map<string, Run>()
  readonly #watchdog = new Watchdog()

  constructor(sim: Sim, logs: LogStore, settings: LocalSettings, onExit: OnExit) {
    this.#sim = sim
    this.#logs = logs
    this.#settings = settings
    this.#onExit = onExit
  }

  boot(machine: Machine, secrets: Readonly<Record<string, string>>): void {
    const run: Run = { program: null, port: null, env: null, checks: null, stopAsked: null }
    this.#runs.set(machine.id, run)
    this.#begin(machine, run, secrets).catch((error: unknown) => {
      // Something that no process can be given, such as a NUL in its environment.
      this.#ended(machine, run, { ...ENDED, exitCode: 127, requestedStop: false, error: String(error) })
    })
  }

  stop(machine: Machine, signal: string, timeoutMs: number): void {
    const run = this.#runs.get(machine.id)
    if (!run) {
      this.#onExit(machine, ENDED)
      return
    }
    if (run.program) run.program.stop(signal, timeoutMs)
    else run.stopAsked = { signal, timeoutMs }
  }

  signal(machine: Machine, signal: string): void {
    this.#runs.get(machine.id)?.program?.signal(signal)
  }

  pause(machine: Machine): void {
    this.signal(machine, 'SIGSTOP')
  }

  resume(machine: Machine): void {
    this.signal(machine, 'SIGCONT')
  }

  isRunning(machine: Machine): boolean {
    return this.#runs.has(machine.id)
  }

  /** Where the machine's process listens; null while it does not run. */
  portOf(machine: Machine): number | null {
    return this.#runs.get(machine.id)?.port ?? null
  }

  pidOf(machine: Machine): number | null {
    return this.#runs.get(machine.id)?.program?.pid ?? null
  }

  checkResult(machine: Machine, name: string): CheckResult | 'none_yet' {
    return this.#runs.get(machine.id)?.checks?.result(name) ?? 'none_yet'
  }

  exec(machine: Machine, asked: ExecRequest): Promise<ExecResult> {
    const run = this.#runs.get(machine.id)
    return runCommand(asked, {
      env: run?.env ?? this.#settings.env,
      cwd: this.#settings.cwd,
      after: (delayMs, then) => this.#sim.clock.after(delayMs, then),
      began: (group) => this.#watchdog.add(group),
      ended: (group) => this.#watchdog.remove(group),
    })
  }

  process(machine: Machine) {
    const command = machine.config.image.slice(LOCAL_PREFIX.length)
    return { command, pid: this.pidOf(machine) ?? 0, port: this.portOf(machine) }
  }

  /** SIGTERM to all, a moment to obey, SIGKILL to what is left. */
  async shutdown(): Promise<void> {
    const runs = [...this.#runs.values()]
    this.#runs.clear()
    const programs = runs.flatMap((run) => run.program ?? [])
    for (const run of runs) {
      run.checks?.stop()
      run.stopAsked = { signal: 'SIGKILL', timeoutMs: 0 }
    }
    for (const program of programs) program.signal('SIGTERM')
    await Promise.race([Promise.all(programs.map((program) => program.over)), pauseMs(SHUTDOWN_GRACE_MS)])
    for (const program of programs) program.killAll()
    await this.#watchdog.stop()
  }

  async #begin(machine: Machine, run: Run, secrets: Readonly<Record<string, string>>): Promise<void> {
    const port = await freePort()
    if (run.stopAsked || this.#runs.get(machine.id) !== run) {
      this.#ended(machine, run, ENDED)
      return
    }
    run.port = port
    run.env = this.#envOf(machine, secrets, port)
    const command = machine.config.image.slice(LOCAL_PREFIX.length)
    run.program = new Program(
      command,
      { env: run.env, cwd: this.#settings.cwd },
      {
        after: (delayMs, then) => this.#sim.clock.after(delayMs, then),
        began: (group) => this.#watchdog.add(group),
        ended: (group, exit) => {
          this.#watchdog.remove(group)
          this.#ended(machine, run, exit)
        },
        line: (stream, line) => this.#log(machine, stream, line),
      },
    )
    run.checks = new CheckLoop(this.#sim, machine, port)
    this.#log(machine, 'stand-in', `started ${command} as process ${run.program.pid} on port ${port}`)
  }

  #ended(machine: Machine, run: Run, exit: Exit): void {
    run.checks?.stop()
    this.#log(
      machine,
      'stand-in',
      `ended with code ${exit.exitCode}${exit.signal === null ? '' : `, ${exit.signal}`}`,
    )
    if (this.#runs.get(machine.id) !== run) return
    this.#runs.delete(machine.id)
    this.#onExit(machine, exit)
  }

  #envOf(machine: Machine, secrets: Readonly<Record<string, string>>, port: number): Record<string, string> {
    return {
      ...this.#settings.env,
      ...machine.config.env,
      ...secrets,
      PORT: String(port),
      FLY_APP_NAME: machine.appName,
      FLY_MACHINE_ID: machine.id,
      FLY_ALLOC_ID: machine.id,
      FLY_MACHINE_VERSION: machine.instanceId,
      FLY_REGION: machine.region,
      FLY_IMAGE_REF: machine.config.image,
      FLY_PRIVATE_IP: machine.privateIp,
      FLY_VM_MEMORY_MB: String(machine.config.guest.memory_mb ?? 0),
    }
  }

  #log(machine: Machine, stream: 'stdout' | 'stderr' | 'stand-in', line: string): void {
    this.#logs.add(machine.appName, { atMs: this.#sim.clock.nowMs(), machine: machine.id, stream, line })
  }
}

const ENDED: Exit = { exitCode: 0, signal: null, oomKilled: false, requestedStop: true }
const SHUTDOWN_GRACE_MS = 1_000

/** Real time on purpose: at shutdown nobody advances a virtual clock any more. */
const pauseMs = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref())
