/** Times that stay true while somebody looks at them. One timer moves all of them. */
import { useSyncExternalStore } from 'react'
import { now } from '../lib/clock.ts'
import { formatAgo, formatDateTime } from '../lib/format.ts'

const TICK_MS = 5_000

let current = now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    current = now()
    for (const one of listeners) one()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time, to within TICK_MS. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current)
}

/** `3 min ago`, with the exact time under the pointer and for screen readers. */
export function Ago({ at }: { at: string | null | undefined }) {
  const nowMs = useNow()
  if (at == null) return <span className="muted">–</span>
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatAgo(at, nowMs)}
    </time>
  )
}
