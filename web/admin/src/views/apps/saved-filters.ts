/** Filters with a name: some that everybody needs, and one's own, kept in this browser. */
import { useSyncExternalStore } from 'react'
import { parseSearch, stringifySearch } from '../../lib/search-params.ts'
import { readAppsSearch, type AppsSearch } from './search.ts'

export type SavedFilter = { name: string; search: AppsSearch }

export const GIVEN_FILTERS: readonly SavedFilter[] = [
  { name: 'All live apps', search: {} },
  { name: 'Failing or parked', search: { attention: ['failing', 'parked'] } },
  { name: 'Stuck', search: { attention: ['stuck'] } },
  { name: 'Unhealthy', search: { health: ['unhealthy'] } },
  { name: 'Overridden by an operator', search: { attention: ['override'] } },
  { name: 'Being built or taken away', search: { status: ['provisioning', 'deprovisioning'] } },
]

const KEY = 'hangar.apps.filters'
const NAME_MAX = 60
const AT_MOST = 30

/** Kept as addresses, so that what a later version no longer knows is dropped as in an old link. */
type Stored = { name: string; search: string }

const listeners = new Set<() => void>()
let cache: { text: string | null; filters: readonly SavedFilter[] } = { text: null, filters: [] }

export function useSavedFilters(): readonly SavedFilter[] {
  return useSyncExternalStore(subscribe, read)
}

/** Under a name that is there already, it takes its place. */
export function saveFilter(name: string, search: AppsSearch): void {
  const kept = name.trim().slice(0, NAME_MAX)
  if (kept === '') return
  write([...read().filter((one) => one.name !== kept), { name: kept, search }].slice(-AT_MOST))
}

export function forgetFilter(name: string): void {
  write(read().filter((one) => one.name !== name))
}

function read(): readonly SavedFilter[] {
  const text = storage()?.getItem(KEY) ?? null
  if (text !== cache.text) cache = { text, filters: decodeFilters(text) }
  return cache.filters
}

function write(filters: readonly SavedFilter[]): void {
  storage()?.setItem(KEY, encodeFilters(filters))
  for (const listener of listeners) listener()
}

export function encodeFilters(filters: readonly SavedFilter[]): string {
  return JSON.stringify(filters.map(({ name, search }) => ({ name, search: stringifySearch(search) })))
}

/** Whatever is in the storage, this is a list of filters. */
export function decodeFilters(text: string | null): SavedFilter[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(stored)) return []
    return stored
      .filter(isStored)
      .map(({ name, search }) => ({ name, search: readAppsSearch(parseSearch(search)) }))
  } catch {
    return []
  }
}

function isStored(value: unknown): value is Stored {
  const { name, search } = (value ?? {}) as Partial<Stored>
  return typeof name === 'string' && typeof search === 'string'
}

/** Closed to us in some private windows: then nothing is kept. */
function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}
