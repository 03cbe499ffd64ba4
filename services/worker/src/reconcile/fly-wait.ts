import { FlyError, type WaitState } from '@hangar/fly-client'
import { type Attempt, flyCall } from './attempt.ts'
import { FLY_CALL_TIMEOUT_MS } from './deps.ts'

/**
 * Waits on Fly for one slice, and never longer than the lease outlasts. Null: not reached yet. Longer waits are the
 * job's: it parks, holds neither slot nor lease, and looks again.
 */
export async function waitForMachine(
  attempt: Attempt,
  app: string,
  machineId: string,
  states: WaitState[],
): Promise<string | null> {
  const bound = AbortSignal.timeout(FLY_CALL_TIMEOUT_MS)
  const call = { ...flyCall(attempt), signal: AbortSignal.any([attempt.signal, bound]) }
  try {
    const wait = { states, timeoutMs: attempt.deps.settings.flyWaitSliceMs }
    return (await attempt.deps.fly.machines.wait(app, machineId, wait, call)).state
  } catch (error) {
    attempt.signal.throwIfAborted()
    if (bound.aborted || (error instanceof FlyError && error.code === 'wait_deadline')) return null
    throw error
  }
}
