/**
 * Deleting until it is gone. A DELETE is safe to repeat, and an accepted one is only a promise: each
 * of these looks until there is nothing left, and says so only then. A creation that got no answer may
 * still land after that: whoever sent one looks again later.
 */
import type { AppsApi } from '../apps.ts'
import type { CallerParts } from '../call-types.ts'
import { FlyError, isFlyError } from '../errors.ts'
import type { MachinesApi } from '../machines.ts'
import { fillPath, OPERATIONS, type OperationName } from '../operations.ts'
import { isPassing, Patience, type EnsureOptions } from './patience.ts'

export interface EnsureGone {
  /** Also what still runs. Default true. */
  force?: boolean
}

/** An accepted DELETE that shows no effect for so long is sent again. */
const ASK_AGAIN_MS = 15_000

/** What stands in the way of a machine's DELETE for a while: a lease, an update, a state on its way to another. */
const IN_THE_WAY = ['lease_held', 'conflict', 'replaced'] as const

export async function ensureAppGone(
  parts: CallerParts,
  apps: AppsApi,
  name: string,
  { force = true }: EnsureGone = {},
  opts: EnsureOptions = {},
): Promise<void> {
  await deleteUntilGone(parts, opts, {
    operation: 'apps.get',
    params: { app_name: name },
    remove: async (patience) => {
      await apps.delete(name, { force }, patience.callOpts)
    },
    isGone: async (patience) => {
      try {
        await apps.get(name, patience.callOpts)
        return false
      } catch (error) {
        if (isFlyError(error, 'not_found')) return true
        throw error
      }
    },
  })
}

export async function ensureMachineGone(
  parts: CallerParts,
  machines: MachinesApi,
  app: string,
  id: string,
  { force = true }: EnsureGone = {},
  opts: EnsureOptions = {},
): Promise<void> {
  await deleteUntilGone(parts, opts, {
    operation: 'machines.get',
    params: { app_name: app, machine_id: id },
    remove: async (patience) => {
      await machines.delete(app, id, { force }, patience.callOpts)
    },
    isGone: async (patience) => {
      try {
        return (await machines.get(app, id, patience.callOpts)).state === 'destroyed'
      } catch (error) {
        if (isFlyError(error, 'not_found')) return true
        throw error
      }
    },
  })
}

interface Removal {
  operation: OperationName
  params: { app_name: string; machine_id?: string }
  remove: (patience: Patience) => Promise<void>
  isGone: (patience: Patience) => Promise<boolean>
}

async function deleteUntilGone(parts: CallerParts, opts: EnsureOptions, removal: Removal): Promise<void> {
  const patience = new Patience(parts, opts)
  const now = () => parts.clock.now().getTime()
  let askedAt = Number.NEGATIVE_INFINITY
  for (;;) {
    let failure = stillThere(removal)
    try {
      if (now() - askedAt >= ASK_AGAIN_MS) {
        await removal.remove(patience)
        askedAt = now()
        patience.progress()
      }
      if (await removal.isGone(patience)) return
    } catch (error) {
      if (!isPassing(error) && !isFlyError(error, ...IN_THE_WAY)) throw error
      failure = error
    }
    await patience.pause(failure)
  }
}

function stillThere({ operation, params }: Removal): FlyError {
  const { method, path, kind } = OPERATIONS[operation]
  return new FlyError('timeout', {
    operation,
    method,
    path: fillPath(path, params) ?? path,
    kind,
    sent: true,
    reason: 'deleted, but still there',
  })
}
