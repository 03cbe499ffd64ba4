/**
 * A look at one app's health because somebody asked: found as the health sweep finds it, but from Fly's word on this one
 * machine, which is as new as the question. Repairs are the reconcile's, which is woken by whoever asks.
 */
import {
  findHealthSubject,
  type HealthSubject,
  type HealthVerdict,
  readSettings,
  recordHealth,
} from '@hangar/db'
import { FlyError, type Machine } from '@hangar/fly-client'
import type { Outcome } from '@hangar/jobs'
import { FLY_CALL_TIMEOUT_MS, type ReconcileDeps } from '../reconcile/deps.ts'
import { judge } from '../sweeps/health.ts'

/** Writes nothing for a user without an app at rest: what works on one writes what it finds itself. */
export async function checkHealth(
  deps: ReconcileDeps,
  userId: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const subject = await findHealthSubject(deps.db, userId)
  if (!subject) return { kind: 'done' }
  const verdict = await lookAt(deps, subject, signal)
  await recordHealth(deps.db, [{ subject, verdict }], deps.owner)
  return { kind: 'done' }
}

async function lookAt(
  deps: ReconcileDeps,
  subject: HealthSubject,
  signal: AbortSignal,
): Promise<HealthVerdict> {
  const { noCyclesMs } = (await readSettings(deps.db)).health
  try {
    const machine = await machineOf(deps, subject, signal)
    return judge(subject, machine, { complete: true, noCyclesMs })
  } catch (error) {
    // Stopping says nothing about Fly: the job goes back, and another worker takes it.
    signal.throwIfAborted()
    if (!(error instanceof FlyError)) throw error
    return { status: 'unknown', reason: `Fly could not be asked: ${error.message}`, repair: false }
  }
}

/** Undefined where Fly does not know it, or has destroyed it. */
async function machineOf(
  { fly }: ReconcileDeps,
  { flyAppName, flyMachineId }: HealthSubject,
  signal: AbortSignal,
): Promise<Machine | undefined> {
  if (flyMachineId === null) return undefined
  try {
    const machine = await fly.machines.get(flyAppName, flyMachineId, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(FLY_CALL_TIMEOUT_MS)]),
    })
    return machine.state === 'destroyed' ? undefined : machine
  } catch (error) {
    if (error instanceof FlyError && error.code === 'not_found') return undefined
    throw error
  }
}
