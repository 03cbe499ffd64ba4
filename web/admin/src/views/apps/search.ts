/** What the list of apps shows, as its address says it. */
import type { AppFilters, AppsSort } from '../../api/apps.ts'
import { readManyOf, readOneOf, readText, type Search } from '../../lib/search-params.ts'

export const STATUSES = ['provisioning', 'active', 'deprovisioning', 'error', 'deleted'] as const
export const HEALTH = ['healthy', 'unhealthy', 'unknown'] as const
export const ATTENTION = ['failing', 'stuck', 'parked', 'drift', 'unhealthy', 'override'] as const

const SORTED_BY = [
  'email',
  'name',
  'status',
  'health',
  'tier',
  'region',
  'cost',
  'created_at',
  'updated_at',
] as const
const SORTS: readonly AppsSort[] = SORTED_BY.flatMap((by): AppsSort[] => [by, `-${by}`])

/** Who has just changed is what one comes to see. */
export const DEFAULT_SORT: AppsSort = '-updated_at'

export type AppsSearch = AppFilters & { sort?: AppsSort }

/** What is unknown or wrong counts as not said: an old link still shows something sensible. */
export function readAppsSearch(search: Search): AppsSearch {
  const sort = readOneOf(search['sort'], SORTS)
  return withoutUndefined<AppsSearch>({
    q: readText(search['q']),
    status: readManyOf(search['status'], STATUSES),
    health: readManyOf(search['health'], HEALTH),
    attention: readManyOf(search['attention'], ATTENTION),
    tier: readWords(search['tier']),
    region: readWords(search['region']),
    sort: sort === DEFAULT_SORT ? undefined : sort,
  })
}

/** Tiers and regions are the product's words: which there are, the API knows. */
function readWords(value: unknown): string[] | undefined {
  const given = Array.isArray(value) ? value.map(String) : (readText(value)?.split(',') ?? [])
  const words = given.map((word) => word.trim()).filter((word) => /^[\w.-]{1,40}$/.test(word))
  return words.length === 0 ? undefined : [...new Set(words)]
}

export function filtersOf(search: AppsSearch): AppFilters {
  return Object.fromEntries(Object.entries(search).filter(([key]) => key !== 'sort'))
}

export function isFiltered(search: AppsSearch): boolean {
  return Object.keys(filtersOf(search)).length > 0
}

type Undefinable<T> = { [K in keyof T]?: T[K] | undefined }

function withoutUndefined<T extends object>(search: Undefinable<T>): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T
}
