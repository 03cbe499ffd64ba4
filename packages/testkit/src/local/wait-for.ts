import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'

const POLL_MS = 20
/** Only how soon a failure is told; below a test's own minute, above what a busy machine may stand still. */
const PATIENCE_MS = 30_000

type There<T> = Exclude<T, undefined | null | false>

function isThere<T>(value: T): value is There<T> {
  return value !== undefined && value !== null && value !== false
}

/**
 * Polls `condition` until it answers something other than undefined, null or false, and returns that.
 * A condition that throws counts as not there yet; its last error is named when the time is up.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: { timeoutMs?: number; what: string; signal?: AbortSignal },
): Promise<There<T>> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS
  const deadline = performance.now() + timeoutMs
  let last: unknown
  for (;;) {
    options.signal?.throwIfAborted()
    try {
      const value = await condition()
      if (isThere(value)) return value
      last = value
    } catch (error) {
      last = error
    }
    if (performance.now() >= deadline) break
    await delay(POLL_MS)
  }
  const seen = last instanceof Error ? last.message : inspect(last, { depth: 3 })
  throw new Error(`Waited ${timeoutMs} ms for ${options.what}; last seen: ${seen}`, { cause: last })
}
