/** One stream for the whole page while somebody is signed in, and what the rest of the page may know of it. */
import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react'
import { createChanges, type AppChange, type Changes } from './changes.ts'
import { openEventStream, type Away, type StreamState } from './event-stream.ts'

type Live = {
  state: StreamState
  /** Why it is not open; of the last try. */
  away: Away | undefined
  changes: Changes
  /** Calls with each change of this user's app, until the returned function is called. */
  watch: (userId: string, listener: (change: AppChange) => void) => () => void
}

const BEGINNING = { state: 'connecting', away: undefined } as const

const LiveContext = createContext<Live | undefined>(undefined)

type LiveProviderProps = {
  /** Whether there is a session to follow the stream with. */
  active: boolean
  onRefused: () => void
  children: ReactNode
}

export function LiveProvider({ active, onRefused, children }: LiveProviderProps) {
  const queries = useQueryClient()
  const [{ state, away }, setStream] = useState<Pick<Live, 'state' | 'away'>>(BEGINNING)
  const { changes, watch } = useMemo(() => {
    const all = new Map<string, Set<(change: AppChange) => void>>()
    const tell = (change: AppChange) => all.get(change.user_id)?.forEach((listener) => listener(change))
    return { changes: createChanges(queries, tell), watch: watchIn(all) }
  }, [queries])

  useEffect(() => {
    if (!active) return
    const stream = openEventStream({
      url: '/v1/stream',
      onEvent: changes.handle,
      onState: (next, why) =>
        setStream((before) => ({ state: next, away: next === 'connecting' ? before.away : why })),
      onRefused,
    })
    const wake = () => {
      if (document.visibilityState === 'visible') stream.wake()
    }
    addEventListener('online', wake)
    document.addEventListener('visibilitychange', wake)
    return () => {
      removeEventListener('online', wake)
      document.removeEventListener('visibilitychange', wake)
      stream.close()
      changes.close()
    }
  }, [active, changes, onRefused])

  const live = useMemo(() => ({ state, away, changes, watch }), [state, away, changes, watch])
  return <LiveContext value={live}>{children}</LiveContext>
}

function watchIn(all: Map<string, Set<(change: AppChange) => void>>): Live['watch'] {
  return (userId, listener) => {
    const own = all.get(userId) ?? new Set()
    all.set(userId, own.add(listener))
    return () => own.delete(listener)
  }
}

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === undefined) throw new Error('useLive outside of LiveProvider')
  return live
}

/** Whether rows of the list of apps may have come, gone or moved since it was loaded. */
export function useListOutdated(): boolean {
  const { changes } = useLive()
  return useSyncExternalStore(changes.subscribe, changes.isListOutdated)
}
