import type { BreakerState } from './breaker.ts'
import type { FlyError } from './errors.ts'
import type { OperationName } from './operations.ts'

interface About {
  operation: OperationName
  method: string
  path: string
  /** From 1. */
  attempt: number
}

/** For metrics and traces. `operation` is low in cardinality; `path` is not. A hook that throws is logged and passed over. */
export interface FlyHooks {
  /** Before each attempt; what it returns is sent as headers, such as `traceparent`. */
  onAttempt?: (about: About) => Record<string, string> | undefined
  /** A failed attempt that will be repeated after `pauseMs`. */
  onRetry?: (about: About & { error: FlyError; pauseMs: number }) => void
  /** Once per call, at its end. `attempt` is how many it took. */
  onCall?: (
    about: About & {
      durationMs: number
      status: number | undefined
      requestId: string | undefined
      error: FlyError | undefined
    },
  ) => void
  /** A call that waits for a token of the rate limit. */
  onThrottle?: (about: About & { waitMs: number }) => void
  onBreaker?: (state: BreakerState) => void
}

/** As much of pino as is used. */
export interface FlyLogger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** A hook or a logger is the caller's code: what it throws must not change what the call does. */
export function quietly<T>(logger: FlyLogger | undefined, act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    try {
      logger?.warn({ error }, 'a hook of the fly client threw')
    } catch {
      // The logger itself is what fails.
    }
    return undefined
  }
}
