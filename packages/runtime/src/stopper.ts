/**
 * The ordered end of a process.
 *
 * States: running → (a signal, or stop()) → stopping: what was registered last is stopped first, each after the
 * other, errors logged and passed over → stopped. If the deadline passes first, what is left is named, and the
 * exit code becomes 1. A second signal ends the process at once.
 */
import { constants } from 'node:os'
import type { Logger } from './logger.ts'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * One Ctrl-C arrives several times: from the terminal, and from each process above that passes it on. Within this
 * time they count as one.
 */
const SAME_PRESS_MS = 1_000

export type Stopper = {
  /** Registers what has to end. `signal` aborts when the deadline is over. */
  onStop(name: string, stop: (signal: AbortSignal) => void | Promise<void>): void
  /** Ends everything, once; later calls join the first. Resolves at the end or at the deadline. */
  stop(reason: string): Promise<void>
  /** Resolves with the first SIGTERM or SIGINT since the stopper was made. */
  waitForSignal(): Promise<NodeJS.Signals>
  /** Aborts as soon as stopping begins: loops and waits end by it. */
  readonly stopping: AbortSignal
}

export function createStopper(options: { deadlineMs: number; logger: Logger }): Stopper {
  const { deadlineMs, logger } = options
  const stops: { name: string; stop: (signal: AbortSignal) => void | Promise<void> }[] = []
  const stopping = new AbortController()
  // From now on, not from when somebody waits: a signal that comes while the process starts is not lost on it.
  const signalled = firstSignal(logger)
  let stopped: Promise<void> | undefined

  async function stopAll(reason: string): Promise<void> {
    logger.info({ reason }, 'stopping')
    stopping.abort(new DOMException('The process is stopping', 'AbortError'))
    const deadline = new AbortController()
    const passed = Promise.withResolvers<false>()
    // A plain timer, not AbortSignal.timeout: that one keeps no process alive, and this one must.
    const timer = setTimeout(() => {
      deadline.abort(new DOMException(`Not stopped within ${deadlineMs} ms`, 'TimeoutError'))
      passed.resolve(false)
    }, deadlineMs)
    try {
      for (let next = stops.pop(); next; next = stops.pop()) {
        if (await Promise.race([stopOne(next, deadline.signal, logger), passed.promise])) continue
        const left = [next.name, ...stops.map(({ name }) => name).reverse()]
        logger.error({ left, deadlineMs }, 'the stop deadline has passed')
        process.exitCode = 1
        return
      }
      logger.info('stopped')
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    onStop: (name, stop) => void stops.push({ name, stop }),
    stop: (reason) => (stopped ??= stopAll(reason)),
    waitForSignal: () => signalled,
    stopping: stopping.signal,
  }
}

async function stopOne(
  { name, stop }: { name: string; stop: (signal: AbortSignal) => void | Promise<void> },
  deadline: AbortSignal,
  logger: Logger,
): Promise<true> {
  try {
    await stop(deadline)
  } catch (error) {
    logger.error({ err: error, part: name }, 'could not be stopped cleanly')
  }
  return true
}

function firstSignal(logger: Logger): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const onSignal = (signal: (typeof SIGNALS)[number]) => {
      if (firstAt === undefined) {
        firstAt = performance.now()
        resolve(signal)
      } else if (performance.now() - firstAt > SAME_PRESS_MS) {
        logger.warn({ signal }, 'a second signal: ending at once')
        process.exit(128 + constants.signals[signal])
      }
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
  })
}
