/** The list of apps: its rows, how many there are of each kind, and where its spreadsheet is. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { appCountsKey, appListKey } from '../live/changes.ts'
import { call, toQuery } from './client.ts'
import type { components } from './schema.generated.ts'

export type App = components['schemas']['App']

/** An app in the list: what the app's own answer has, and what one looks for in a list. */
export type AppRow = App & {
  email: string | null
  override: { desired: 'on' | 'off' | 'paused'; expires_at: string | null } | null
  attention: string[]
  wanted_version: number
  done_version: number
  next_attempt_at: string | null
  parked_reason: string | null
}

export type AppsPage = { items: AppRow[]; next_cursor: string | null }

type Counts = Record<string, number>

export type AppCounts = {
  total: number
  by_status: Counts
  by_health: Counts
  by_tier: Counts
  by_attention: Counts
}

export type AppFilters = {
  q?: string
  status?: readonly string[]
  health?: readonly string[]
  attention?: readonly string[]
  tier?: readonly string[]
  region?: readonly string[]
}

const PAGE_SIZE = 200

export const appsQuery = (filters: AppFilters & { sort?: string }) =>
  infiniteQueryOptions({
    queryKey: [...appListKey, filters],
    queryFn: ({ pageParam, signal }) =>
      call<AppsPage>('GET', '/v1/apps', {
        query: { ...filters, limit: PAGE_SIZE, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Rows are changed one by one as the stream tells of them; the whole is read again when somebody asks.
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })

export const appCountsQuery = (filters: AppFilters) =>
  queryOptions({
    queryKey: [...appCountsKey, filters],
    queryFn: ({ signal }) => call<AppCounts>('GET', '/v1/apps/counts', { query: filters, signal }),
    placeholderData: keepPreviousData,
  })

export const appsCsvUrl = (filters: AppFilters): string => `/v1/apps.csv${toQuery(filters)}`
