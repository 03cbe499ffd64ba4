import { setTimeout as sleepFor } from 'node:timers/promises'

/**
 * The passage of time as this package sees it: pauses between retries, tokens, windows, deadlines.
 * A caller passes its own in tests and simulations. Only the timeout of one attempt on the wire
 * runs on real time, because it guards a real socket.
 */
export interface Clock {
  now(): Date
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  // The one place that asks the machine for the time.
  // eslint-disable-next-line no-restricted-syntax
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, signal ? { signal } : {})
  },
}
