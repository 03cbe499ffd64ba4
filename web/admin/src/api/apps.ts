/** The list of apps: its rows, how many there are of each kind, and where its spreadsheet is. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { appCountsKey, appListKey } from '../live/changes.ts'
import { answer, api, toQuery } from './client.ts'
import type { components, operations } from './schema.generated.ts'

export type AppRow = components['schemas']['ListedApp']
export type AppCounts = components['schemas']['AppCounts']
type Query = NonNullable<operations['get-v1-apps']['parameters']['query']>
export type AppsSort = NonNullable<Query['sort']>

export type AppFilters = {
  q?: string
  status?: readonly string[]
  health?: readonly string[]
  attention?: readonly string[]
  tier?: readonly string[]
  region?: readonly string[]
}

const PAGE_SIZE = 200

export const appsQuery = (filters: AppFilters, sort: AppsSort) =>
  infiniteQueryOptions({
    queryKey: [...appListKey, filters, sort],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam }
      const query = { ...wordsOf(filters), ...cursor, sort, limit: PAGE_SIZE }
      return answer(api.GET('/v1/apps', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Rows are changed one by one as the stream tells of them; the whole is read again when somebody asks.
    staleTime: Infinity,
    // Comparing every row of every page with itself takes longer than drawing them; pages stay the same objects anyway.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  })

export const appCountsQuery = (filters: AppFilters) =>
  queryOptions({
    queryKey: [...appCountsKey, filters],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/apps/counts', { params: { query: wordsOf(filters) }, signal })),
    placeholderData: keepPreviousData,
  })

/** Users of the product who have no app: they are in no list of apps, and can still be given one. */
export const usersWithoutAppQuery = (q: string) =>
  queryOptions({
    queryKey: ['apps', 'users', q],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/users', { params: { query: { q, has_app: false, limit: 5 } }, signal })),
  })

/** The rows in the order in which they are on show. */
export const appsCsvUrl = (filters: AppFilters, sort: AppsSort): string =>
  `/v1/apps.csv${toQuery({ ...filters, sort })}`

/** Filters as the API reads them: several words with a comma between. */
export function wordsOf(filters: AppFilters): Record<string, string> {
  const words: Record<string, string> = {}
  for (const [key, value] of Object.entries(filters)) {
    words[key] = typeof value === 'string' ? value : value.join(',')
  }
  return words
}
