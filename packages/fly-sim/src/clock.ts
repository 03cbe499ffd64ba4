/**
 * The stand-in's time. Everything that Fly would do "after a while" is a timer here, never a bare setTimeout, so
 * that a simulation can run hours in a second.
 *
 * - real: the system's clock and timers.
 * - virtual: time stands still until advance() is called; due timers then run in order, and between two moments the
 *   event loop turns, so that answers which became ready are on the wire before time moves on.
 *
 * jump() moves only the wall clock, as a host whose clock is corrected does: time stamps and lease expiry shift, the
 * distance to running timers does not.
 */
export interface Timer {
  cancel(): void
}

export interface SimClock {
  readonly mode: 'real' | 'virtual'
  nowMs(): number
  after(delayMs: number, run: () => void): Timer
  jump(byMs: number): void
  /** Virtual clock only. Returns how many timers ran. */
  advance(byMs: number): Promise<number>
  pendingTimers(): number
  /** Milliseconds until the next timer; null if none waits. Virtual clock only. */
  nextTimerInMs(): number | null
  stop(): void
}

// setTimeout fires at once beyond this.
const LONGEST_TIMEOUT_MS = 2_147_483_647

export function realClock(): SimClock {
  const running = new Set<NodeJS.Timeout>()
  let offsetMs = 0
  return {
    mode: 'real',
    nowMs: () => Date.now() + offsetMs,
    after(delayMs, run) {
      const timeout = setTimeout(
        () => {
          running.delete(timeout)
          run()
        },
        Math.min(Math.max(delayMs, 0), LONGEST_TIMEOUT_MS),
      )
      running.add(timeout)
      return {
        cancel() {
          clearTimeout(timeout)
          running.delete(timeout)
        },
      }
    },
    jump: (byMs) => void (offsetMs += byMs),
    advance: () => Promise.reject(new Error('the clock is real: start with the virtual clock to advance it')),
    pendingTimers: () => running.size,
    nextTimerInMs: () => null,
    stop() {
      for (const timeout of running) clearTimeout(timeout)
      running.clear()
    },
  }
}

type Entry = { dueMs: number; order: number; run: () => void; cancelled: boolean }

/** A virtual clock that begins at `startMs` (milliseconds since 1970). */
export function virtualClock(startMs: number = Date.UTC(2026, 0, 1)): SimClock {
  const heap: Entry[] = []
  let elapsedMs = 0
  let offsetMs = 0
  let order = 0
  const dropCancelled = () => {
    while (heap[0]?.cancelled === true) popSmallest(heap)
  }
  return {
    mode: 'virtual',
    nowMs: () => startMs + elapsedMs + offsetMs,
    after(delayMs, run) {
      const entry = { dueMs: elapsedMs + Math.max(delayMs, 0), order: order++, run, cancelled: false }
      push(heap, entry)
      return { cancel: () => void (entry.cancelled = true) }
    },
    jump: (byMs) => void (offsetMs += byMs),
    async advance(byMs) {
      const untilMs = elapsedMs + Math.max(byMs, 0)
      let ran = 0
      for (;;) {
        dropCancelled()
        const next = heap[0]
        if (!next || next.dueMs > untilMs) break
        elapsedMs = next.dueMs
        while (heap[0] && heap[0].dueMs <= elapsedMs) {
          const due = popSmallest(heap)
          if (due.cancelled) continue
          due.run()
          ran++
        }
        await turnOfTheLoop()
      }
      elapsedMs = untilMs
      return ran
    },
    pendingTimers: () => heap.filter((entry) => !entry.cancelled).length,
    nextTimerInMs() {
      dropCancelled()
      return heap[0] ? heap[0].dueMs - elapsedMs : null
    },
    stop: () => void (heap.length = 0),
  }
}

const turnOfTheLoop = () => new Promise<void>((resolve) => void setImmediate(resolve))

const before = (a: Entry, b: Entry) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)

function push(heap: Entry[], entry: Entry): void {
  heap.push(entry)
  let at = heap.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent] as Entry
    if (!before(entry, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = entry
}

function popSmallest(heap: Entry[]): Entry {
  const smallest = heap[0] as Entry
  const last = heap.pop() as Entry
  if (heap.length === 0) return smallest
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++
    const below = heap[child] as Entry
    if (!before(below, last)) break
    heap[at] = below
    at = child
  }
  heap[at] = last
  return smallest
}
