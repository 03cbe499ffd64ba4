/** Everything that is known of one user, each part asked for by itself. The stream has all of it asked again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api, call } from '../../api/client.ts'
import type { components, operations } from '../../api/schema.generated.ts'
import { appKey } from '../../live/changes.ts'

export type User = operations['get-v1-apps-userId']['responses'][200]['content']['application/json']
export type AppEvent = components['schemas']['AppEvent']

export const userQuery = (userId: string) =>
  queryOptions({
    queryKey: [...appKey(userId), 'detail'],
    queryFn: ({ signal }) => answer(api.GET('/v1/apps/{userId}', { params: { path: { userId } }, signal })),
  })

/** As many as a run has steps, and then some. */
const RECENT = 100

export const recentEventsQuery = (userId: string) =>
  queryOptions({
    queryKey: [...appKey(userId), 'events'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/apps/{userId}/events', {
          params: { path: { userId }, query: { limit: RECENT } },
          signal,
        }),
      ),
  })

export type TimelineEntry = {
  id: string
  at: string
  kind: string
  title: string
  text: string | null
  status: string | null
  actor: string | null
  request_id: string | null
}

export const timelineQuery = (userId: string) =>
  infiniteQueryOptions({
    queryKey: [...appKey(userId), 'timeline'],
    queryFn: ({ pageParam, signal }) =>
      call<{ items: TimelineEntry[]; next_cursor: string | null }>('GET', `/v1/apps/${userId}/timeline`, {
        query: { limit: 50, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

export type HealthSegment = { from: string; to: string; status: string }

export const healthQuery = (userId: string) =>
  queryOptions({
    queryKey: [...appKey(userId), 'health'],
    queryFn: ({ signal }) =>
      call<{ items: HealthSegment[] }>('GET', `/v1/apps/${userId}/health`, { query: { hours: 24 }, signal }),
  })

export const costsQuery = (userId: string) =>
  queryOptions({
    queryKey: [...appKey(userId), 'costs'],
    queryFn: ({ signal }) =>
      call<{ items: { day: string; usd: string }[] }>('GET', `/v1/apps/${userId}/costs`, {
        query: { days: 30 },
        signal,
      }),
    staleTime: 60_000,
  })
