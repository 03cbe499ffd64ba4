/**
 * Whether the session of this page is over. The page stays as it is under the question to sign in, so that nothing
 * that is being typed is lost:
 *
 *   held ──▶ over     a call or the stream was answered with 401
 *   over ──▶ held     the same person has signed in again
 */
import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { sessionQuery, type Session } from '../api/session.ts'

let over = false
const listeners = new Set<() => void>()

export const sessionOver = {
  get: (): boolean => over,
  set: (value: boolean): void => {
    if (over === value) return
    over = value
    for (const listener of listeners) listener()
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

export const useSessionOver = (): boolean => useSyncExternalStore(sessionOver.subscribe, sessionOver.get)

/** False where somebody else has signed in: the page has to begin anew for them. */
export function goOn(queries: QueryClient, session: Session): boolean {
  const before = queries.getQueryData(sessionQuery.queryKey)
  if (before !== undefined && before.actor !== session.actor) return false
  queries.setQueryData(sessionQuery.queryKey, session)
  sessionOver.set(false)
  void queries.invalidateQueries({
    // A dry run that has been answered stands until it is confirmed; one that was refused for the session does not.
    predicate: ({ queryKey: [topic], state }) =>
      topic !== 'session' && (topic !== 'preview' || state.status === 'error'),
  })
  return true
}
