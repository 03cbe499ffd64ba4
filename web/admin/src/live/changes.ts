/**
 * What an event of the stream changes in what the page has. A row that is on show is changed where it stands, so
 * that neither the scroll position nor the selection moves; what only counts or sums is asked for again, at most
 * once in REFRESH_MS.
 */
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { ServerEvent } from './sse-parser.ts'

export type AppChange = {
  user_id: string
  app_id: string | null
  status: string | null
  health_status: string | null
  event_type: string
  message: string | null
  at: string
}

/** The first part of a query's key. What is asked for again after which event is in `REFRESHED`. */
export type Topic =
  | 'overview'
  | 'apps'
  | 'app'
  | 'alerts'
  | 'brakes'
  | 'bulk'
  | 'events'
  | 'audit'
  | 'orphans'
  | 'costs'
  | 'settings'

/** Asked for again, whole. The list of apps is not among them: its rows are changed one by one. */
const REFRESHED: Readonly<Record<string, readonly Topic[]>> = {
  app: ['overview', 'alerts', 'brakes', 'events'],
  alert: ['overview', 'alerts', 'brakes'],
  bulk: ['bulk'],
  // Whoever acts changes what others look at: a setting, a brake, an orphan, or, see below, one user.
  audit: ['audit', 'overview', 'brakes', 'orphans', 'settings'],
}

const EVERYTHING: readonly Topic[] = [
  'overview',
  'app',
  'alerts',
  'brakes',
  'bulk',
  'events',
  'audit',
  'orphans',
  'costs',
  'settings',
]

const REFRESH_MS = 1_500
/** The one app that somebody looks at: its steps are to be seen as they happen. */
const REFRESH_APP_MS = 250

/** The key of every list of apps begins so, and of everything about one of them. */
export const appListKey = ['apps', 'list'] as const
export const appCountsKey = ['apps', 'counts'] as const
export const appKey = (userId: string) => ['app', userId] as const
/** Of a dry run. No topic: what somebody is about to confirm must not change under them. */
export const previewKey = (...of: unknown[]) => ['preview', ...of] as const

type Row = { user_id: string; status: string; health_status: string | null; updated_at: string }
type Pages = InfiniteData<{ items: Row[]; next_cursor: string | null }>

export type Changes = {
  handle: (event: ServerEvent) => void
  /** Whether rows of the list may have come, gone or moved since it was loaded. */
  isListOutdated: () => boolean
  listWasLoaded: () => void
  subscribe: (listener: () => void) => () => void
  close: () => void
}

export function createChanges(queries: QueryClient, onApp: (change: AppChange) => void = () => {}): Changes {
  const soon = createRefresher(queries, REFRESH_APP_MS)
  const later = createRefresher(queries, REFRESH_MS)
  const listeners = new Set<() => void>()
  let outdated = false

  const setOutdated = (value: boolean) => {
    if (outdated === value) return
    outdated = value
    for (const listener of listeners) listener()
  }
  return {
    handle(event) {
      if (event.type === 'reset') {
        for (const topic of EVERYTHING) later.refresh([topic])
        later.refresh(appCountsKey)
        setOutdated(true)
        return
      }
      for (const topic of REFRESHED[event.type] ?? []) later.refresh([topic])
      if (event.type !== 'app' && event.type !== 'audit') return
      const change = readChange(event.data)
      // Not every act is upon one user.
      if (change?.user_id == null) return
      soon.refresh(appKey(change.user_id))
      if (event.type === 'audit') return
      later.refresh(appCountsKey)
      if (!patchLists(queries, change)) setOutdated(true)
      onApp(change)
    },
    isListOutdated: () => outdated,
    listWasLoaded: () => setOutdated(false),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      soon.close()
      later.close()
    },
  }
}

/** Asks again for what it is told of, at most once in `everyMs`; what nobody looks at is only marked as old. */
function createRefresher(queries: QueryClient, everyMs: number) {
  const due = new Map<string, readonly unknown[]>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    const keys = [...due.values()]
    due.clear()
    for (const queryKey of keys) void queries.invalidateQueries({ queryKey })
  }
  return {
    refresh(queryKey: readonly unknown[]) {
      due.set(JSON.stringify(queryKey), queryKey)
      timer ??= setTimeout(flush, everyMs)
    },
    close() {
      clearTimeout(timer)
      timer = undefined
      due.clear()
    },
  }
}

function readChange(data: string): AppChange | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null && 'user_id' in value
      ? (value as AppChange)
      : undefined
  } catch {
    return undefined
  }
}

/** False where a list is on show that does not have this user: whether it should, only the API can say. */
function patchLists(queries: QueryClient, change: AppChange): boolean {
  let known = true
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: appListKey })) {
    if (pages === undefined) continue
    if (pages.pages.some((page) => page.items.some((row) => row.user_id === change.user_id))) {
      queries.setQueryData<Pages>(key, patch(pages, change))
    } else known = false
  }
  return known
}

/** The same pages with this one row changed; every other object stays the same, so nothing else is drawn again. */
function patch(pages: Pages, change: AppChange): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) =>
      page.items.some((row) => row.user_id === change.user_id)
        ? {
            ...page,
            items: page.items.map((row) => (row.user_id === change.user_id ? merge(row, change) : row)),
          }
        : page,
    ),
  }
}

function merge(row: Row, change: AppChange): Row {
  return {
    ...row,
    status: change.status ?? row.status,
    health_status: change.health_status ?? row.health_status,
    updated_at: change.at,
  }
}
