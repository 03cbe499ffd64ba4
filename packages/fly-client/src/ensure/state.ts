/** Bringing a machine to a state by looking first, so that repeating it changes nothing. */
import type { CallerParts } from '../call-types.ts'
import type { Machine } from '../types.ts'
import { FlyError, isFlyError } from '../errors.ts'
import { isGone, lastFailure } from '../machine-state.ts'
import type { MachinesApi } from '../machines.ts'
import { fillPath, OPERATIONS } from '../operations.ts'
import type { StopMachine } from '../power.ts'
import { isPassing, Patience, type EnsureOptions } from './patience.ts'

/** What a start or stop may run into and a later look settles. */
const PASSING = ['conflict', 'lease_held', 'replaced', 'wait_deadline'] as const

const SLICE_MS = 60_000

/** Started, or `machine_failed` as soon as that is certain. Resolves with the machine as it then is. */
export async function ensureStarted(
  parts: CallerParts,
  machines: MachinesApi,
  app: string,
  id: string,
  opts: EnsureOptions = {},
): Promise<Machine> {
  return untilItIs(parts, opts, async (patience) => {
    const machine = await machines.get(app, id, patience.callOpts)
    if (machine.state === 'started') return machine
    if (isGone(machine) || machine.state === 'failed' || machine.state === 'launch_failed')
      throw failed(app, machine)
    if (machine.state === 'stopped' || machine.state === 'suspended') {
      await machines.start(app, id, patience.callOpts)
    }
    const wait = { states: ['started' as const], timeoutMs: Math.min(patience.leftMs, SLICE_MS) }
    await machines.wait(app, id, wait, patience.callOpts)
    return undefined
  })
}

/** Stopped, or gone: a machine with `auto_destroy` is never seen stopped. */
export async function ensureStopped(
  parts: CallerParts,
  machines: MachinesApi,
  app: string,
  id: string,
  stop: StopMachine = {},
  opts: EnsureOptions = {},
): Promise<'stopped' | 'gone'> {
  return untilItIs(parts, opts, async (patience) => {
    try {
      const { state } = await machines.get(app, id, patience.callOpts)
      if (state === 'stopped' || state === 'failed') return 'stopped' as const
      if (state === 'destroyed') return 'gone' as const
      // Asked once and then awaited: a second signal would cut short what the first one began.
      if (state !== 'stopping' && state !== 'destroying')
        await machines.stop(app, id, stop, patience.callOpts)
      const wait = {
        states: ['stopped' as const, 'destroyed' as const],
        timeoutMs: Math.min(patience.leftMs, SLICE_MS),
      }
      await machines.wait(app, id, wait, patience.callOpts)
      return undefined
    } catch (error) {
      if (isFlyError(error, 'not_found')) return 'gone' as const
      throw error
    }
  })
}

/** Repeats `step` until it answers something. */
async function untilItIs<T>(
  parts: CallerParts,
  opts: EnsureOptions,
  step: (patience: Patience) => Promise<T | undefined>,
): Promise<T> {
  const patience = new Patience(parts, opts)
  for (;;) {
    try {
      const reached = await step(patience)
      if (reached !== undefined) return reached
      patience.progress()
    } catch (error) {
      if (!isPassing(error) && !isFlyError(error, ...PASSING)) throw error
      await patience.pause(error)
    }
  }
}

function failed(app: string, machine: Machine): FlyError {
  const { method, path, kind } = OPERATIONS['machines.start']
  const why = lastFailure(machine)
  return new FlyError('machine_failed', {
    operation: 'machines.start',
    method,
    path: fillPath(path, { app_name: app, machine_id: machine.id }) ?? path,
    kind,
    sent: false,
    reason: `cannot be started: the machine is ${machine.state}${why === undefined ? '' : `; ${why}`}`,
    machineState: machine.state,
  })
}
