import type { Sim } from '../sim.ts'
import type { Exit, Machine, MachineEvent } from '../world/types.ts'

/** GET machine shows no more than this. */
const KEPT_EVENTS = 20

export function recordEvent(
  sim: Sim,
  machine: Machine,
  event: { type: string; status: string; source: 'user' | 'flyd'; request?: Record<string, unknown> },
): MachineEvent {
  const nowMs = sim.clock.nowMs()
  const full: MachineEvent = {
    id: sim.random.ulid(nowMs),
    type: event.type,
    status: event.status,
    source: event.source,
    timestamp: nowMs,
    // Launch and destroy events arrive with null (measured by a third party); so does every event without a payload.
    request: event.request ?? null,
  }
  machine.events.unshift(full)
  if (machine.events.length > KEPT_EVENTS) machine.events.length = KEPT_EVENTS
  return full
}

const SIGNAL_NUMBERS: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
}

/** The payload of an exit event. A zero exit code is left out, as Go's omitempty does. */
export function exitRequest(
  machine: Machine,
  exit: Exit,
  restarting: boolean,
  nowMs: number,
): Record<string, unknown> {
  const signal = exit.signal === null ? -1 : (SIGNAL_NUMBERS[exit.signal] ?? -1)
  return {
    exit_event: {
      ...(exit.exitCode === 0 ? {} : { exit_code: exit.exitCode, guest_exit_code: exit.exitCode }),
      guest_signal: signal,
      signal,
      oom_killed: exit.oomKilled,
      requested_stop: exit.requestedStop,
      restarting,
      exited_at: new Date(nowMs).toISOString(),
      ...(exit.error === undefined ? {} : { error: exit.error }),
    },
    restart_count: machine.restartCount,
  }
}
