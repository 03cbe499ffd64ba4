/** Short news at the edge of the page: what was done, and what was not. Errors stay until they are closed. */
import { useSyncExternalStore } from 'react'
import { explain } from '../api/problem.ts'
import { Icon } from '../ui/icon.tsx'

type Toast = { id: number; kind: 'done' | 'error'; title: string; detail: string | undefined }

const STAYS_MS = 6_000
const AT_MOST = 4

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

export const toast = {
  done: (title: string, detail?: string): void => {
    const id = add({ kind: 'done', title, detail })
    setTimeout(() => dismiss(id), STAYS_MS)
  },
  error: (error: unknown): void => {
    add({ kind: 'error', ...explain(error) })
  },
}

function add(news: Omit<Toast, 'id'>): number {
  lastId += 1
  set([...toasts, { ...news, id: lastId }].slice(-AT_MOST))
  return lastId
}

const dismiss = (id: number): void => set(toasts.filter((one) => one.id !== id))

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((one) => (
        <div key={one.id} className={`toast toast-${one.kind}`}>
          <Icon name={one.kind === 'done' ? 'check' : 'alert'} />
          <div>
            <strong>{one.title}</strong>
            {one.detail !== undefined && <p>{one.detail}</p>}
          </div>
          <button
            type="button"
            className="icon-button"
            aria-label="Close this message"
            onClick={() => dismiss(one.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
