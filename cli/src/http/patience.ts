/** For what goes on for long: an API that is deployed anew, or a network that comes and goes, is waited for. */
import type { Context } from '../context.ts'
import { ConnectionError, ProblemError } from './problem.ts'

const PATIENCE_MS = 300_000
const PAUSE_MS = 1_000
const LIMITED = 429
const AWAY = [LIMITED, 502, 503, 504]

type Waiting = Pick<Context, 'clock' | 'signal' | 'output'>
type Patience = <T>(ask: () => Promise<T>) => Promise<T>

/** Asks until there is an answer. Gives up after five minutes without one, and at once where it is refused. */
export function askPatiently<T>(context: Waiting, ask: () => Promise<T>): Promise<T> {
  const isAway = (error: unknown) =>
    error instanceof ConnectionError || (error instanceof ProblemError && AWAY.includes(error.status))
  return createPatience(context, isAway)(ask)
}

/** For more requests than the API takes in a minute, several at once: its limit is waited out, and nothing else. */
export function withinLimits(context: Waiting): Patience {
  return createPatience(context, (error) => error instanceof ProblemError && error.status === LIMITED)
}

/** All who ask share their pauses: what one was told holds for the others, and is said once. */
function createPatience(
  { clock, signal, output }: Waiting,
  isPassing: (error: unknown) => boolean,
): Patience {
  let pauses = 0
  let pause = Promise.resolve()
  return async (ask) => {
    const until = clock.now().getTime() + PATIENCE_MS
    for (;;) {
      await pause
      const pausesBefore = pauses
      try {
        return await ask()
      } catch (error) {
        const pauseMs = pauseAfter(error)
        if (!isPassing(error) || signal.aborted) throw error
        if (clock.now().getTime() > until || pauseMs > PATIENCE_MS) throw error
        // Else somebody has waited since this was asked.
        if (pauses !== pausesBefore) continue
        pauses += 1
        const after = pauseMs > PAUSE_MS ? ` in ${pauseMs / 1_000} s` : ''
        output.note(`${(error as Error).message} Trying again${after}.`)
        pause = clock.sleep(pauseMs, signal)
      }
    }
  }
}

function pauseAfter(error: unknown): number {
  const asked = error instanceof ProblemError ? error.retryAfterSeconds : undefined
  return Math.max(PAUSE_MS, (asked ?? 0) * 1_000)
}
