import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One Ctrl-C arrives several times: from the terminal, from npm, from run.mjs. Within this time they are one. */
const SAME_PRESS_MS = 1_000

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  readonly exitCode: number

  constructor(signal: (typeof SIGNALS)[number]) {
    super(`interrupted by ${signal}`)
    this.exitCode = 128 + constants.signals[signal]
  }
}

/** Aborts, with an `InterruptedError`, on the first signal to stop; a later press ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController()
  let firstAt: number | undefined
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      firstAt ??= performance.now()
      if (performance.now() - firstAt > SAME_PRESS_MS) process.exit(128 + constants.signals[signal])
      controller.abort(new InterruptedError(signal))
    })
  }
  return controller.signal
}
