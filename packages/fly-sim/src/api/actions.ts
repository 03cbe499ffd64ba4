import { type Answer, ApiError, failedPrecondition, invalidArgument, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import { stopSettings } from '../machines/stop-settings.ts'
import { targetOf } from '../machines/target.ts'
import type { Sim } from '../sim.ts'
import { durationMs } from '../world/durations.ts'
import type { Machine } from '../world/types.ts'
import { livingMachineOf } from './lookup.ts'

const route = (name: string, handle: Route['handle']): Route => ({
  operation: `machines.${name}`,
  method: 'POST',
  path: `/v1/apps/:app/machines/:machine/${name}`,
  family: 'machines',
  leased: true,
  handle,
})

export const actionRoutes: Route[] = [
  route('start', start),
  route('stop', stop),
  route('restart', restart),
  route('suspend', suspend),
  route('signal', signal),
  route('cordon', (sim, call) => setCordon(sim, call, true)),
  route('uncordon', (sim, call) => setCordon(sim, call, false)),
]

const SIGNALS = [
  'SIGABRT', 'SIGALRM', 'SIGFPE', 'SIGHUP', 'SIGILL', 'SIGINT', 'SIGKILL', 'SIGPIPE', 'SIGQUIT', 'SIGSEGV', 'SIGTERM', 'SIGTRAP',
  'SIGUSR1', 'SIGUSR2',
] // prettier-ignore

/** States in which a start is nothing new. */
const UNDER_WAY = ['started', 'starting', 'restarting']

function start(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  const previous = machine.state
  if (['updating', 'replacing'].includes(previous))
    throw failedPrecondition('machine getting replaced, refusing to start')
  if (
    [
      'created',
      'creating',
      'destroying',
      'launch_failed',
      'stopping',
      'suspending',
      'migrated',
      'replaced',
    ].includes(previous)
  ) {
    throw failedPrecondition(`unable to start machine from current state: '${previous}'`)
  }
  if (sim.faults.size > 0 && sim.faults.holds('host_unreachable', targetOf(machine))) {
    throw new ApiError(503, 'unavailable: the host of the machine is unreachable')
  }
  const moved = sim.faults.size > 0 && sim.faults.strike('migrated', targetOf(machine)) !== null
  if (moved) machine.migratedTo = sim.random.hex(4)
  if (!UNDER_WAY.includes(previous)) sim.lifecycle.start(machine)
  return ok({ previous_state: previous, migrated: moved, new_host: moved ? (machine.migratedTo ?? '') : '' })
}

function stop(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  const body = call.body('main.stopRequest')
  const asked = { signal: signalName(body.raw['signal']), timeoutMs: readTimeout(body.raw['timeout']) }
  if (['stopped', 'destroying', 'created', 'failed'].includes(machine.state) && machine.goal !== 'start')
    return ok({ ok: true })
  if (machine.state === 'stopping') return ok({ ok: true })
  sim.lifecycle.stop(machine, stopSettings(machine.config, asked))
  return ok({ ok: true })
}

function restart(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  refuseUnlessSettled(machine, 'restart')
  const { query } = call
  const asked = {
    signal: signalName(query.get('signal') ?? undefined),
    timeoutMs: readTimeout(query.get('timeout') ?? undefined),
  }
  const settings = stopSettings(machine.config, asked)
  sim.lifecycle.restart(machine, call.flag('force_stop') ? { signal: 'SIGKILL', timeoutMs: 0 } : settings)
  return ok({ ok: true })
}

/** "Suspend needs at most 2 GB of memory, no swap, no schedule". */
const MOST_MEMORY_TO_SUSPEND_MB = 2_048

function suspend(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  if (machine.state === 'suspended' || machine.state === 'suspending') return ok({ ok: true })
  if (machine.state !== 'started')
    throw failedPrecondition(`unable to suspend machine from current state: '${machine.state}'`)
  const { guest, init, schedule } = machine.config
  if (
    (guest.memory_mb ?? 0) > MOST_MEMORY_TO_SUSPEND_MB ||
    (init?.swap_size_mb ?? 0) > 0 ||
    (schedule ?? '') !== ''
  ) {
    throw failedPrecondition('machine cannot be suspended: more than 2GB of memory, swap or a schedule')
  }
  sim.lifecycle.suspend(machine)
  return ok({ ok: true })
}

function signal(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  const name = signalName(call.body('main.signalRequest').raw['signal'])
  if (name === undefined) throw invalidArgument('signal is required')
  if (machine.state !== 'started')
    throw failedPrecondition(`machine not running, current state: '${machine.state}'`)
  sim.lifecycle.runner(machine).signal(machine, name)
  return ok({ ok: true })
}

function setCordon(sim: Sim, call: Call, cordoned: boolean): Answer {
  livingMachineOf(sim, call).machine.cordoned = cordoned
  return ok({ ok: true })
}

function refuseUnlessSettled(machine: Machine, what: string): void {
  if (!['started', 'stopped', 'suspended', 'failed'].includes(machine.state)) {
    throw failedPrecondition(`unable to ${what} machine from current state: '${machine.state}'`)
  }
}

const SIGNAL_OF_NUMBER: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  15: 'SIGTERM',
}

/** Names as in the spec, or a number as fly-go's Kill sends. */
function signalName(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const name =
    typeof value === 'number'
      ? SIGNAL_OF_NUMBER[value]
      : typeof value === 'string'
        ? /^\d+$/u.test(value)
          ? SIGNAL_OF_NUMBER[Number(value)]
          : value
        : undefined
  if (name === undefined || !SIGNALS.includes(name))
    throw invalidArgument(`signal ${JSON.stringify(value)} is not valid`)
  return name
}

function readTimeout(value: unknown): number | null {
  if (value === undefined || value === null || value === '') return null
  const timeoutMs =
    typeof value === 'number'
      ? durationMs(value)
      : typeof value === 'string'
        ? /^\d+$/u.test(value)
          ? Number(value) * 1_000
          : durationMs(value)
        : null
  if (timeoutMs === null) throw invalidArgument(`timeout ${JSON.stringify(value)} is not a duration`)
  return timeoutMs
}
