/** Signals to stop, as one signal that commands listen to. */

/** One Ctrl-C arrives several times: from the terminal, from npm, from what npm started. Within this time they are one. */
const SAME_PRESS_MS = 1_000

/** Aborts on the first; a later press ends the process at once. */
export function interruptSignal(endNow: () => void): AbortSignal {
  const controller = new AbortController()
  let firstAt: number | undefined
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      firstAt ??= performance.now()
      if (performance.now() - firstAt > SAME_PRESS_MS) endNow()
      controller.abort()
    })
  }
  return controller.signal
}
