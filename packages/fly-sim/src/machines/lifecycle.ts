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
import { numberParam } from '../faults/faults.ts'
import { type DelayName, draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import { secretsForBoot } from '../world/secrets.ts'
import type { Exit, Goal, Machine, MachineState } from '../world/types.ts'
import { exitRequest, recordEvent } from './events.ts'
import { remember } from './past.ts'
import { Plans } from './plans.ts'
import { PretendRunner } from './pretend-runner.ts'
import { type AfterExit, afterExit } from './restart-policy.ts'
import type { Runner } from './runner.ts'
import { type StopSettings, stopSettings } from './stop-settings.ts'
import { targetOf } from './target.ts'
import { Watchers } from './watchers.ts'

const AT_ONCE: StopSettings = { signal: 'SIGKILL', timeoutMs: 0 }

export class Lifecycle {
  readonly #sim: Sim
  readonly #plans: Plans
  readonly watchers = new Watchers()
  readonly pretend: PretendRunner
  /** Chooses a runner for an image; null: pretend. Set by the stand-in when it can run local processes. */
  runnerOf: (machine: Machine) => Runner | null = () => null

  constructor(sim: Sim) {
    this.#sim = sim
    this.pretend = new PretendRunner(sim, (machine, exit) => {
      this.exited(machine, exit)
    })
    this.#plans = new Plans(sim)
  }

  runner(machine: Machine): Runner {
    return this.runnerOf(machine) ?? this.pretend
  }

  /** A machine that was just created begins its first start. */
  launch(machine: Machine): void {
    machine.goal = 'start'
    const create = () => {
      this.#after(machine, 'createMs', () => this.#startOrFailLaunch(machine))
    }
    if (machine.state !== 'creating') {
      create()
      return
    }
    this.#after(machine, 'creatingMs', () => {
      this.#enter(machine, 'created')
      create()
    })
  }

  start(machine: Machine): void {
    const resuming = machine.state === 'suspended'
    machine.goal = 'start'
    machine.restartCount = 0
    recordEvent(this.#sim, machine, { type: 'start', status: 'starting', source: 'user' })
    this.#enter(machine, 'starting')
    this.#after(machine, 'startMs', () => {
      // A snapshot may be lost: then it is a cold start.
      if (!resuming || !this.runner(machine).isRunning(machine)) {
        this.#boot(machine)
        return
      }
      this.runner(machine).resume(machine)
      this.#started(machine)
    })
  }

  stop(machine: Machine, how: StopSettings): void {
    recordEvent(this.#sim, machine, { type: 'stop', status: 'stopping', source: 'user' })
    // What is suspended cannot hear a signal: its snapshot is dropped.
    this.#endProgram(machine, 'stop', 'stopping', machine.state === 'suspended' ? AT_ONCE : how)
  }

  restart(machine: Machine, how: StopSettings): void {
    recordEvent(this.#sim, machine, { type: 'restart', status: 'restarting', source: 'user' })
    this.#endProgram(machine, 'restart', 'restarting', how)
  }

  suspend(machine: Machine): void {
    machine.goal = 'suspend'
    recordEvent(this.#sim, machine, { type: 'suspend', status: 'suspending', source: 'user' })
    this.#enter(machine, 'suspending')
    this.#after(machine, 'suspendMs', () => {
      this.runner(machine).pause(machine)
      this.#settle(machine, 'suspended')
    })
  }

  /** The machine has its new config and version already; what still runs is ended the way its old config says. */
  update(machine: Machine, endOld: StopSettings): void {
    machine.goal = 'replace'
    recordEvent(this.#sim, machine, { type: 'update', status: 'replacing', source: 'user' })
    this.#enter(machine, 'updating')
    this.#plans.after(machine, 0, () => {
      this.#endProgram(machine, 'replace', 'replacing', endOld)
    })
  }

  destroy(machine: Machine, force: boolean): void {
    recordEvent(this.#sim, machine, { type: 'destroy', status: 'destroying', source: 'user' })
    this.#endProgram(machine, 'destroy', 'destroying', force ? AT_ONCE : stopSettings(machine.config))
  }

  /** Told by a runner: the program has ended. */
  exited(machine: Machine, exit: Exit): void {
    if (this.#sim.world.machines.get(machine.id) !== machine) return
    const decision = exit.requestedStop ? null : afterExit(machine, exit, this.#sim)
    if (machine.startedAtMs !== null) {
      const request = exitRequest(machine, exit, decision?.kind === 'restart', this.#sim.clock.nowMs())
      recordEvent(this.#sim, machine, { type: 'exit', status: 'stopped', source: 'flyd', request })
    }
    machine.startedAtMs = null
    switch (machine.goal) {
      case 'stop':
        this.#plans.after(machine, 0, () => this.#stopped(machine))
        break
      case 'restart':
        this.#after(machine, 'startMs', () => this.#boot(machine))
        break
      case 'replace':
        this.#after(machine, 'updateMs', () => this.#afterUpdate(machine))
        break
      case 'destroy':
        this.#after(machine, 'destroyMs', () => this.#destroyed(machine))
        break
      case 'rest':
      case 'start':
      case 'suspend':
        this.#afterUnaskedExit(machine, decision)
        break
    }
  }

  /** After a dump was loaded: goes on from the state and the goal. */
  revive(machine: Machine): void {
    if (machine.state === 'started') {
      this.#boot(machine)
      return
    }
    if (machine.state === 'destroyed') {
      this.#forgetLater(machine)
      return
    }
    switch (machine.goal) {
      case 'rest':
        return
      case 'start':
        if (machine.state === 'starting') this.#boot(machine)
        else this.launch(machine)
        break
      case 'suspend':
        this.suspend(machine)
        break
      case 'stop':
      case 'restart':
      case 'replace':
      case 'destroy':
        this.#endProgram(machine, machine.goal, machine.state, stopSettings(machine.config))
        break
    }
  }

  /** Puts a machine into a state by hand, leaving alone what runs in it: for clients that must cope with any state. */
  force(machine: Machine, state: MachineState): void {
    this.#plans.cancel(machine)
    this.#settle(machine, state)
  }

  /** Drops every plan; for reset and load. */
  clear(): void {
    this.#plans.clear()
  }

  /** The machine is no more, and nobody may wait for it any longer. */
  forget(machine: Machine): void {
    this.#plans.cancel(machine)
    this.#sim.world.removeMachine(machine)
    this.watchers.notify(machine)
  }

  #startOrFailLaunch(machine: Machine): void {
    if (this.#sim.faults.strike('launch_failed', targetOf(machine))) {
      machine.goal = 'destroy'
      recordEvent(this.#sim, machine, { type: 'launch', status: 'launch_failed', source: 'flyd' })
      this.#enter(machine, 'launch_failed')
      this.#after(machine, 'destroyMs', () => this.#destroyed(machine))
      return
    }
    this.#enter(machine, 'starting')
    this.#after(machine, 'startMs', () => this.#boot(machine))
  }

  #boot(machine: Machine): void {
    const target = targetOf(machine)
    if (this.#sim.faults.strike('start_failed', target)) {
      recordEvent(this.#sim, machine, { type: 'start', status: 'failed', source: 'flyd' })
      this.#settle(machine, 'failed')
      return
    }
    const app = this.#sim.world.apps.get(machine.appName)
    const late = this.#sim.faults.holds('secrets_late', target)
    const seesUntilMs = this.#sim.clock.nowMs() - (late ? numberParam(late, 'ms', 60_000) : 0)
    const secrets = app ? secretsForBoot(app, machine.minSecretsVersion, seesUntilMs) : {}
    this.#started(machine)
    this.runner(machine).boot(machine, secrets)
  }

  #started(machine: Machine): void {
    machine.startedAtMs = this.#sim.clock.nowMs()
    recordEvent(this.#sim, machine, { type: 'start', status: 'started', source: 'flyd' })
    this.#settle(machine, 'started')
  }

  #afterUpdate(machine: Machine): void {
    if (!machine.launchAfterUpdate) {
      this.#settle(machine, 'created')
      return
    }
    machine.goal = 'start'
    this.#startOrFailLaunch(machine)
  }

  #afterUnaskedExit(machine: Machine, decision: AfterExit | null): void {
    if (decision?.kind === 'destroy') {
      this.destroy(machine, false)
      return
    }
    if (decision?.kind !== 'restart') {
      this.#settle(machine, 'stopped')
      return
    }
    machine.goal = 'restart'
    machine.restartCount++
    this.#enter(machine, 'restarting')
    this.#plans.after(machine, decision.afterMs, () => this.#boot(machine))
  }

  /** With auto_destroy, stopped is never observable (measured): a wait for it ends in 404. */
  #stopped(machine: Machine): void {
    if (machine.config.auto_destroy === true) this.destroy(machine, false)
    else this.#settle(machine, 'stopped')
  }

  #endProgram(machine: Machine, goal: Goal, state: MachineState, how: StopSettings): void {
    machine.goal = goal
    this.#plans.cancel(machine)
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
    this.#after(machine, 'destroyedKeptMs', () => this.forget(machine))
  }

  #settle(machine: Machine, state: MachineState): void {
    machine.goal = 'rest'
    this.#enter(machine, state)
  }

  #enter(machine: Machine, state: MachineState): void {
    remember(this.#sim, machine)
    machine.state = state
    machine.updatedAtMs = this.#sim.clock.nowMs()
    this.watchers.notify(machine)
  }

  #after(machine: Machine, delay: DelayName, run: () => void): void {
    this.#plans.after(machine, draw(this.#sim.delays[delay], this.#sim.random), run)
  }
}
