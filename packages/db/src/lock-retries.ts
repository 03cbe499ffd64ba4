/**
 * How a change to a table gets its lock without holding up whoever uses the table: it waits for a moment only, because
 * everybody who comes later waits behind it, lets the others through, and asks again.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { HangarError } from '@hangar/core'
import { isLockTimeout } from './pg-errors.ts'

/** The longest that somebody else waits behind one attempt, but for the moment in which the lock is held. */
export const LOCK_TIMEOUT_MS = 50
const SHORTEST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 250
/** Some three minutes in all. Whoever holds a lock for longer than that has to be looked at. */
const ATTEMPTS = 1_000

/** Repeats what failed for the lock of somebody else. `attempt` is one transaction with a `lock_timeout` of its own. */
export async function withLockRetries<T>(attempt: () => Promise<T>, attempts: number = ATTEMPTS): Promise<T> {
  for (let made = 1; ; made++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isLockTimeout(error)) throw error
      if (made >= attempts)
        throw new HangarError('host_busy', {
          operator: `the table was in use by long transactions at each of ${made} attempts: see pg_stat_activity, xact_start`,
          cause: error,
        })
    }
    await pause(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS))
  }
}
