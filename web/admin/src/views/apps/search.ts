/** What the list of apps shows, as its address says it. */
import { readManyOf, readOneOf, readText, type Search } from '../../lib/search-params.ts'

export const STATUSES = ['provisioning', 'active', 'deprovisioning', 'error', 'deleted'] as const
export const HEALTH = ['healthy', 'unhealthy', 'unknown'] as const
export const ATTENTION = ['failing', 'parked', 'drift', 'override', 'stuck', 'unhealthy'] as const
export const SORTS = ['created_at', 'updated_at', 'email', 'status', 'tier', 'cost'] as const

export type AppsSearch = {
  q?: string
  status?: (typeof STATUSES)[number][]
  health?: (typeof HEALTH)[number][]
  attention?: (typeof ATTENTION)[number][]
  tier?: string[]
  region?: string[]
  sort?: string
}

/** What is unknown or wrong counts as not said: an old link still shows something sensible. */
export function readAppsSearch(search: Search): AppsSearch {
  return withoutUndefined({
    q: readText(search['q']),
    status: readManyOf(search['status'], STATUSES),
    health: readManyOf(search['health'], HEALTH),
    attention: readManyOf(search['attention'], ATTENTION),
    tier: readWords(search['tier']),
    region: readWords(search['region']),
    sort: readSort(search['sort']),
  })
}

/** Tiers and regions are the product's words: which there are, the API knows. */
function readWords(value: unknown): string[] | undefined {
  const given = Array.isArray(value) ? value.map(String) : (readText(value)?.split(',') ?? [])
  const words = given.map((word) => word.trim()).filter((word) => /^[\w.-]{1,40}$/.test(word))
  return words.length === 0 ? undefined : [...new Set(words)]
}

function readSort(value: unknown): string | undefined {
  const text = readText(value, 40)
  return readOneOf(text?.replace(/^-/, ''), SORTS) === undefined ? undefined : text
}

/** Whether anything is filtered: the order does not count. */
export function isFiltered(search: AppsSearch): boolean {
  return Object.keys(search).some((key) => key !== 'sort')
}

type Undefinable<T> = { [K in keyof T]?: T[K] | undefined }

function withoutUndefined<T extends object>(search: Undefinable<T>): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T
}
