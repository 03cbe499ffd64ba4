/**
 * How a machine moves. `state` is what the API shows, `goal` what is under way:
 *
 *   created ─▶ starting ─▶ started            start: after create, from stopped or failed, or out of suspended
 *   started ─▶ stopping ─▶ stopped            stop: signal, then SIGKILL at the timeout
 *   started ─▶ suspending ─▶ suspended        suspend
 *   started ─▶ restarting ─▶ started          restart, and the restart policy after an exit nobody asked for
 *   any     ─▶ updating ─▶ replacing ─▶ starting ─▶ started    update; the old version is `replaced` from then on
 *   any     ─▶ destroying ─▶ destroyed ─▶ (404)
 *   created ─▶ launch_failed ─▶ destroyed     and starting ─▶ failed: only by a fault
 *
 * A newer request cancels what an older one still had planned. At most one timer belongs to a machine. The fault
 * `stuck_state` holds a machine in its state; it goes on when the fault is gone.
 */
import type { Timer } from '../clock.ts'
import { numberParam } from '../faults/faults.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import { secretsForBoot } from '../world/secrets.ts'
import type { Exit, Goal, Machine, MachineState } from '../world/types.ts'
import { PretendRunner } from './pretend-runner.ts'
import { recordEvent, exitRequest } from './events.ts'
import { afterExit } from './restart-policy.ts'
import { remember } from './past.ts'
import { stopSettings } from './stop-settings.ts'
import { targetOf } from './target.ts'
import type { Runner } from './runner.ts'

export type RunnerOf = (machine: Machine) => Runner | null

export class Lifecycle {
  readonly #sim: Sim
  readonly #timers = new Map<string, Timer>()
  readonly #stuck = new Map<string, { run: () => void; state: MachineState }>()
  readonly #watchers = new Map<string, Set<() => void>>()
  readonly pretend: PretendRunner
  /** Chooses a runner for an image; null: pretend. Set by the stand-in when it can run local processes. */
  runnerOf: RunnerOf = () => null

  constructor(sim: Sim) {
    this.#sim = sim
    this.pretend = new PretendRunner(sim, (machine, exit) => this.exited(machine, exit))
    sim.faults.onChange = () => this.#releaseUnstuck()
  }

  runner(machine: Machine): Runner {
    return this.runnerOf(machine) ?? this.pretend
  }

  /** Calls `run` after each change of the machine's state, until the returned function is called. */
  watch(machine: Machine, run: () => void): () => void {
    const watchers = this.#watchers.get(machine.id) ?? new Set()
    this.#watchers.set(machine.id, watchers.add(run))
    return () => {
      watchers.delete(run)
      if (watchers.size === 0) this.#watchers.delete(machine.id)
    }
  }

  /** A machine that was just created begins its first start. */
  launch(machine: Machine): void {
    machine.goal = 'start'
    const { creatingMs, createMs } = this.#sim.delays
    this.#later(machine, machine.state === 'creating' ? draw(creatingMs, this.#sim.random) : 0, () => {
      if (machine.state === 'creating') this.#enter(machine, 'created')
      this.#later(machine, draw(createMs, this.#sim.random), () => this.#startOrFailLaunch(machine))
    })
  }

  start(machine: Machine): void {
    const resuming = machine.state === 'suspended'
    machine.goal = 'start'
    machine.restartCount = 0
    recordEvent(this.#sim, machine, { type: 'start', status: 'starting', source: 'user' })
    this.#enter(machine, 'starting')
    this.#later(machine, draw(this.#sim.delays.startMs, this.#sim.random), () => {
      if (!resuming) return this.#boot(machine)
      this.runner(machine).resume(machine)
      this.#started(machine)
    })
  }

  stop(machine: Machine, signal: string, timeoutMs: number): void {
    if (machine.state === 'suspended') {
      this.#enter(machine, 'stopping')
      machine.goal = 'stop'
      return this.runner(machine).stop(machine, 'SIGKILL', 0)
    }
    this.#endProgram(machine, 'stop', 'stopping', { signal, timeoutMs })
  }

  restart(machine: Machine, signal: string, timeoutMs: number): void {
    recordEvent(this.#sim, machine, { type: 'restart', status: 'restarting', source: 'user' })
    this.#endProgram(machine, 'restart', 'restarting', { signal, timeoutMs })
  }

  suspend(machine: Machine): void {
    machine.goal = 'suspend'
    recordEvent(this.#sim, machine, { type: 'suspend', status: 'suspending', source: 'user' })
    this.#enter(machine, 'suspending')
    this.#later(machine, draw(this.#sim.delays.suspendMs, this.#sim.random), () => {
      this.runner(machine).pause(machine)
      this.#settle(machine, 'suspended')
    })
  }

  /** The machine's config and version were replaced already; now what runs follows. */
  update(machine: Machine): void {
    machine.goal = 'replace'
    recordEvent(this.#sim, machine, { type: 'update', status: 'replacing', source: 'user' })
    this.#enter(machine, 'updating')
    this.#later(machine, 0, () => {
      this.#endProgram(machine, 'replace', 'replacing', stopSettings(machine.config))
    })
  }

  destroy(machine: Machine, force: boolean): void {
    recordEvent(this.#sim, machine, { type: 'destroy', status: 'destroying', source: 'user' })
    const { signal, timeoutMs } = stopSettings(machine.config)
    this.#endProgram(
      machine,
      'destroy',
      'destroying',
      force ? { signal: 'SIGKILL', timeoutMs: 0 } : { signal, timeoutMs },
    )
  }

  /** Told by a runner: the program has ended. */
  exited(machine: Machine, exit: Exit): void {
    if (this.#sim.world.machines.get(machine.id) !== machine) return
    const wasRunning = machine.startedAtMs !== null
    const decision = exit.requestedStop ? null : afterExit(machine, exit, this.#sim)
    if (wasRunning) {
      const request = exitRequest(machine, exit, decision?.kind === 'restart', this.#sim.clock.nowMs())
      recordEvent(this.#sim, machine, { type: 'exit', status: 'stopped', source: 'flyd', request })
    }
    machine.startedAtMs = null
    switch (machine.goal) {
      case 'stop':
        return this.#later(machine, 0, () => this.#settle(machine, 'stopped'))
      case 'restart':
        return this.#later(machine, draw(this.#sim.delays.startMs, this.#sim.random), () =>
          this.#boot(machine),
        )
      case 'replace':
        return this.#later(machine, draw(this.#sim.delays.updateMs, this.#sim.random), () =>
          this.#afterUpdate(machine),
        )
      case 'destroy':
        return this.#later(machine, draw(this.#sim.delays.destroyMs, this.#sim.random), () =>
          this.#destroyed(machine),
        )
      case 'rest':
      case 'start':
      case 'suspend':
        return this.#afterUnaskedExit(machine, decision)
    }
  }

  /** After a dump was loaded: goes on from the state and the goal. */
  revive(machine: Machine): void {
    const { signal, timeoutMs } = stopSettings(machine.config)
    if (machine.state === 'started') return this.#boot(machine)
    if (machine.state === 'destroyed') return this.#forgetLater(machine)
    switch (machine.goal) {
      case 'rest':
        return
      case 'start':
        return machine.state === 'starting' ? this.#boot(machine) : this.launch(machine)
      case 'suspend':
        return this.suspend(machine)
      case 'stop':
      case 'restart':
      case 'replace':
      case 'destroy':
        return this.#endProgram(machine, machine.goal, machine.state, { signal, timeoutMs })
    }
  }

  /** Puts a machine into a state by hand: for tests of clients that must cope with any state. */
  force(machine: Machine, state: MachineState): void {
    this.#cancel(machine)
    this.#settle(machine, state)
  }

  /** Drops every plan; for reset and load. */
  clear(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    this.#stuck.clear()
  }

  /** The machine is no more, and nobody may wait for it any longer. */
  forget(machine: Machine): void {
    this.#cancel(machine)
    this.#sim.world.removeMachine(machine)
    this.#notify(machine)
  }

  #startOrFailLaunch(machine: Machine): void {
    if (this.#sim.faults.strike('launch_failed', targetOf(machine))) {
      machine.goal = 'destroy'
      recordEvent(this.#sim, machine, { type: 'launch', status: 'launch_failed', source: 'flyd' })
      this.#enter(machine, 'launch_failed')
      this.#later(machine, draw(this.#sim.delays.destroyMs, this.#sim.random), () => this.#destroyed(machine))
      return
    }
    this.#enter(machine, 'starting')
    this.#later(machine, draw(this.#sim.delays.startMs, this.#sim.random), () => this.#boot(machine))
  }

  #boot(machine: Machine): void {
    if (this.#sim.faults.strike('start_failed', targetOf(machine))) {
      recordEvent(this.#sim, machine, { type: 'start', status: 'failed', source: 'flyd' })
      return this.#settle(machine, 'failed')
    }
    const app = this.#sim.world.apps.get(machine.appName)
    const late = this.#sim.faults.holds('secrets_late', targetOf(machine))
    const nowMs = this.#sim.clock.nowMs() - (late ? numberParam(late, 'ms', 60_000) : 0)
    const secrets = app ? secretsForBoot(app, machine.minSecretsVersion, nowMs) : {}
    this.#started(machine)
    this.runner(machine).boot(machine, secrets)
  }

  #started(machine: Machine): void {
    machine.startedAtMs = this.#sim.clock.nowMs()
    recordEvent(this.#sim, machine, { type: 'start', status: 'started', source: 'flyd' })
    this.#settle(machine, 'started')
  }

  #afterUpdate(machine: Machine): void {
    if (!machine.launchAfterUpdate) return this.#settle(machine, 'created')
    machine.goal = 'start'
    this.#startOrFailLaunch(machine)
  }

  #afterUnaskedExit(machine: Machine, decision: ReturnType<typeof afterExit> | null): void {
    switch (decision?.kind) {
      case 'restart':
        machine.goal = 'restart'
        machine.restartCount++
        this.#enter(machine, 'restarting')
        return this.#later(machine, decision.afterMs, () => this.#boot(machine))
      case 'destroy':
        return this.destroy(machine, false)
      case 'stop':
      case undefined:
        return this.#settle(machine, 'stopped')
    }
  }

  #endProgram(
    machine: Machine,
    goal: Goal,
    state: MachineState,
    how: { signal: string; timeoutMs: number },
  ): void {
    machine.goal = goal
    if (goal === 'stop') recordEvent(this.#sim, machine, { type: 'stop', status: 'stopping', source: 'user' })
    this.#cancel(machine)
    this.#enter(machine, state)
    this.runner(machine).stop(machine, how.signal, how.timeoutMs)
  }

  #destroyed(machine: Machine): void {
    machine.lease = null
    recordEvent(this.#sim, machine, { type: 'destroy', status: 'destroyed', source: 'flyd' })
    this.#settle(machine, 'destroyed')
    this.#forgetLater(machine)
  }

  #forgetLater(machine: Machine): void {
    const keptMs = draw(this.#sim.delays.destroyedKeptMs, this.#sim.random)
    this.#timers.set(
      machine.id,
      this.#sim.clock.after(keptMs, () => this.forget(machine)),
    )
  }

  #settle(machine: Machine, state: MachineState): void {
    machine.goal = 'rest'
    this.#enter(machine, state)
  }

  #enter(machine: Machine, state: MachineState): void {
    remember(this.#sim, machine)
    machine.state = state
    machine.updatedAtMs = this.#sim.clock.nowMs()
    this.#notify(machine)
  }

  #notify(machine: Machine): void {
    for (const watcher of [...(this.#watchers.get(machine.id) ?? [])]) watcher()
  }

  #cancel(machine: Machine): void {
    this.#timers.get(machine.id)?.cancel()
    this.#timers.delete(machine.id)
    this.#stuck.delete(machine.id)
  }

  #later(machine: Machine, delayMs: number, run: () => void): void {
    this.#cancel(machine)
    const step = () => {
      this.#timers.delete(machine.id)
      if (!this.#isStuck(machine)) return run()
      this.#stuck.set(machine.id, { run, state: machine.state })
    }
    this.#timers.set(machine.id, this.#sim.clock.after(delayMs, step))
  }

  #isStuck(machine: Machine): boolean {
    const fault = this.#sim.faults.holds('stuck_state', targetOf(machine))
    if (!fault) return false
    const state = fault.params['state']
    return state === undefined || state === machine.state
  }

  #releaseUnstuck(): void {
    for (const [id, { run }] of [...this.#stuck]) {
      const machine = this.#sim.world.machines.get(id)
      if (machine && this.#isStuck(machine)) continue
      this.#stuck.delete(id)
      if (machine) run()
    }
  }
}
