/** Reading a machine: its states, its checks, and how its process ended. */
import { redact } from './redact.ts'
import type { Machine, MachineEvent } from './types.ts'

/** fly.io/docs/machines/machine-states, 2025-05-01. The field is open: a newer word is no error. */
export const MACHINE_STATES = {
  persistent: ['created', 'started', 'stopped', 'suspended', 'failed'],
  transient: [
    'creating',
    'starting',
    'stopping',
    'restarting',
    'suspending',
    'destroying',
    'launch_failed',
    'updating',
    'replacing',
  ],
  terminal: ['destroyed', 'replaced', 'migrated'],
} as const

/** Whether the machine is gone or going: a `destroyed` that is still answered means the same as `not_found`. */
export function isGone(machine: Pick<Machine, 'state'>): boolean {
  return machine.state === 'destroyed' || machine.state === 'destroying'
}

/** Whether its host cannot be reached. Such a machine is neither cloned nor waited for, but replaced. */
export function isUnreachable(machine: Machine): boolean {
  return machine.hostStatus !== 'ok' || machine.config === undefined
}

/**
 * Whether every configured check passes. Fly shows no checks just after launch, so having some is
 * decided by the config and at least one result is required. Undefined where none is configured.
 */
export function checksPass(machine: Machine): boolean | undefined {
  const inServices = machine.config?.services?.some((service) => (service.checks?.length ?? 0) > 0) ?? false
  const configured = inServices || Object.keys(machine.config?.checks ?? {}).length > 0
  if (!configured) return undefined
  // Entries that Fly keeps for old versions of flyctl check nothing.
  const real = machine.checks.filter((check) => !check.name.startsWith('bg_deployments_compat'))
  return real.length > 0 && real.every((check) => check.status === 'passing')
}

export interface MachineExit {
  exitCode: number
  signal: number | undefined
  oomKilled: boolean
  requestedStop: boolean
  restarting: boolean
  restartCount: number
  error: string | undefined
}

/** How the process ended, of an `exit` event. */
export function exitOf(event: MachineEvent): MachineExit | undefined {
  const request = asObject(event.request)
  const exit = asObject(request?.['exit_event'] ?? asObject(request?.['MonitorEvent'])?.['exit_event'])
  if (!exit) return undefined
  const count = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
  return {
    // Fly leaves a zero out.
    exitCode: count(exit['guest_exit_code']) ?? count(exit['exit_code']) ?? 0,
    signal: count(exit['guest_signal']) ?? count(exit['signal']),
    oomKilled: exit['oom_killed'] === true,
    requestedStop: exit['requested_stop'] === true,
    restarting: exit['restarting'] === true,
    restartCount: count(request?.['restart_count']) ?? 0,
    error: typeof exit['error'] === 'string' && exit['error'] !== '' ? exit['error'] : undefined,
  }
}

/** The newest exit, if its process has ended at all. */
export function lastExit(machine: Machine): MachineExit | undefined {
  for (const event of machine.events) {
    const exit = exitOf(event)
    if (exit) return exit
  }
  return undefined
}

/** Of what Fly says went wrong, in characters. */
const KEPT_WORDS = 400

/**
 * What Fly says about why the machine does not run, for people to read: its events since it last started,
 * newest first. Undefined where they tell of no failure; some failures, such as an image over Fly's limit of
 * 8 GB, may be told in the logs only.
 */
export function lastFailure(machine: Machine): string | undefined {
  for (const event of machine.events) {
    if (event.status === 'started') return undefined
    const exit = exitOf(event)
    const words = exit ? wordsOfExit(exit) : wordsOfFailure(event)
    if (words !== undefined) {
      return redact(words, Object.values(machine.config?.env ?? {})).slice(0, KEPT_WORDS)
    }
    // It ended as it was told to: what went wrong before explains nothing.
    if (exit) return undefined
  }
  return undefined
}

function wordsOfExit({ exitCode, signal, oomKilled, requestedStop, error }: MachineExit): string | undefined {
  if (error === undefined && (requestedStop || (exitCode === 0 && !oomKilled))) return undefined
  const ended = `exit code ${exitCode}`
  const killed = signal !== undefined && signal > 0 ? `, signal ${signal}` : ''
  return `${ended}${killed}${oomKilled ? ', out of memory' : ''}${error === undefined ? '' : `: ${error}`}`
}

/** Before any program ran there is no exit. What Fly then writes is not documented: its `error`, if there is one. */
function wordsOfFailure({ type, status, request }: MachineEvent): string | undefined {
  const error = asObject(request)?.['error']
  const said = typeof error === 'string' && error !== '' ? error : undefined
  if (said === undefined && status?.includes('failed') !== true) return undefined
  return `${type ?? 'event'} ${status ?? ''}`.trim() + (said === undefined ? '' : `: ${said}`)
}

/** flyctl's test: the newest exit was not asked for, was an error, and not the first in a row. */
export function isCrashLooping(machine: Machine): boolean {
  const exit = lastExit(machine)
  return (
    exit !== undefined &&
    exit.restarting &&
    !exit.requestedStop &&
    exit.exitCode !== 0 &&
    exit.restartCount > 1
  )
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}
