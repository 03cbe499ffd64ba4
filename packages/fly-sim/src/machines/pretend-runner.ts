import type { Timer } from '../clock.ts'
import { numberParam } from '../faults/faults.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import type { Exit, Machine } from '../world/types.ts'
import { targetOf } from './target.ts'
import type { ExecRequest, ExecResult, OnExit, Runner } from './runner.ts'

/** Runs nothing: a program that obeys signals after `stopMs`, unless a fault says otherwise. Costs one map entry. */
export class PretendRunner implements Runner {
  readonly #sim: Sim
  readonly #onExit: OnExit
  readonly #running = new Map<string, Timer | null>()

  constructor(sim: Sim, onExit: OnExit) {
    this.#sim = sim
    this.#onExit = onExit
  }

  boot(machine: Machine): void {
    this.#running.set(machine.id, null)
    const early = this.#sim.faults.strike('exit_early', targetOf(machine))
    if (!early) return
    const oomKilled = early.params['oom'] === true
    const exitCode = numberParam(early, 'code', oomKilled ? 137 : 1)
    this.#endAfter(machine, numberParam(early, 'afterMs', 50), {
      exitCode,
      signal: null,
      oomKilled,
      requestedStop: false,
    })
  }

  stop(machine: Machine, signal: string, timeoutMs: number): void {
    if (!this.#running.has(machine.id)) {
      this.#onExit(machine, EXITED)
      return
    }
    const mayIgnore = () => signal !== 'SIGKILL'
    const ignores = this.#sim.faults.holds('ignores_signals', targetOf(machine), mayIgnore) !== null
    const obeysAfterMs = ignores ? Infinity : draw(this.#sim.delays.stopMs, this.#sim.random)
    if (signal === 'SIGKILL') {
      this.#endAfter(machine, 0, KILLED)
      return
    }
    if (obeysAfterMs <= timeoutMs) this.#endAfter(machine, obeysAfterMs, EXITED)
    else this.#endAfter(machine, timeoutMs, KILLED)
  }

  /** A signal outside a stop ends the program, as it ends most programs. */
  signal(machine: Machine, signal: string): void {
    if (!this.#running.has(machine.id)) return
    if (signal === 'SIGKILL') this.#endAfter(machine, 0, { ...KILLED, requestedStop: false })
    else if (['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT'].includes(signal)) {
      this.#endAfter(machine, draw(this.#sim.delays.stopMs, this.#sim.random), {
        ...EXITED,
        requestedStop: false,
      })
    }
  }

  pause(): void {}
  resume(): void {}

  isRunning(machine: Machine): boolean {
    return this.#running.has(machine.id)
  }

  checkResult(): null {
    return null
  }

  /** There is nothing to run a command in: `false` fails, everything else succeeds without a word. */
  exec(_machine: Machine, { command }: ExecRequest): Promise<ExecResult> {
    return Promise.resolve({
      exit_code: command[0] === 'false' ? 1 : 0,
      exit_signal: 0,
      stdout: '',
      stderr: '',
    })
  }

  process(machine: Machine) {
    return { command: machine.config.image, pid: 1, port: null }
  }

  shutdown(): Promise<void> {
    for (const timer of this.#running.values()) timer?.cancel()
    this.#running.clear()
    return Promise.resolve()
  }

  #endAfter(machine: Machine, afterMs: number, exit: Exit): void {
    this.#running.get(machine.id)?.cancel()
    const timer = this.#sim.clock.after(afterMs, () => {
      this.#running.delete(machine.id)
      this.#onExit(machine, exit)
    })
    this.#running.set(machine.id, timer)
  }
}

const EXITED: Exit = { exitCode: 0, signal: null, oomKilled: false, requestedStop: true }
const KILLED: Exit = { exitCode: 137, signal: 'SIGKILL', oomKilled: false, requestedStop: true }
