/** For what goes on for long: an API that is deployed anew, or a network that comes and goes, is waited for. */
import type { Context } from '../context.ts'
import { ConnectionError, ProblemError } from './problem.ts'

const PATIENCE_MS = 300_000
const PAUSE_MS = 1_000
const PASSING = [429, 502, 503, 504]

/** Asks until there is an answer. Gives up after five minutes without one, and at once where it is refused. */
export async function askPatiently<T>(
  { clock, signal, output }: Pick<Context, 'clock' | 'signal' | 'output'>,
  ask: () => Promise<T>,
): Promise<T> {
  const until = clock.now().getTime() + PATIENCE_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const away =
        error instanceof ConnectionError || (error instanceof ProblemError && PASSING.includes(error.status))
      if (!away || signal.aborted || clock.now().getTime() > until) throw error
      output.note(`${error.message} Trying again.`)
      await clock.sleep(PAUSE_MS, signal)
    }
  }
}
