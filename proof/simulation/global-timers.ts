/**
 * The timers of the language, on virtual time while a history runs. The engine bounds its calls with setTimeout and
 * AbortSignal.timeout, as production code should; here those bounds have to pass with the simulated time, and a bound
 * that somebody adds tomorrow has to as well.
 */
import type { Actor, VirtualTime, VirtualTimer } from './virtual-time.ts'

export const realSetTimeout = globalThis.setTimeout
export const realClearTimeout = globalThis.clearTimeout
const realAbortTimeout = AbortSignal.timeout.bind(AbortSignal)

/** Returns what puts the real timers back. */
export function installVirtualTimers(time: VirtualTime, current: () => Actor): () => void {
  const virtual = (run: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
    handleOf(time.after(delayMs, current(), () => run(...args)))
  globalThis.setTimeout = Object.assign(virtual, {
    __promisify__: realSetTimeout.__promisify__,
  }) as unknown as typeof setTimeout
  globalThis.clearTimeout = (handle: unknown) => {
    if (isHandle(handle)) handle.timer.cancelled = true
    else realClearTimeout(handle as NodeJS.Timeout)
  }
  AbortSignal.timeout = (delayMs) => {
    const controller = new AbortController()
    time.after(delayMs, current(), () =>
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    )
    return controller.signal
  }
  return () => {
    globalThis.setTimeout = realSetTimeout
    globalThis.clearTimeout = realClearTimeout
    AbortSignal.timeout = realAbortTimeout
  }
}

type Handle = { timer: VirtualTimer; ref(): Handle; unref(): Handle; hasRef(): boolean }

function handleOf(timer: VirtualTimer): Handle {
  const handle: Handle = { timer, ref: () => handle, unref: () => handle, hasRef: () => true }
  return handle
}

function isHandle(handle: unknown): handle is Handle {
  return typeof handle === 'object' && handle !== null && 'timer' in handle
}
