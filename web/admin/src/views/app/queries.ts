/** Everything that is known of one user, each part asked for by itself. The stream has all of it asked again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client.ts'
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

export type TimelineEntry = components['schemas']['TimelineEntry']

const TIMELINE_PAGE = 50

export const timelineQuery = (userId: string) =>
  infiniteQueryOptions({
    queryKey: [...appKey(userId), 'timeline'],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: TIMELINE_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }
      const params = { path: { userId }, query }
      return answer(api.GET('/v1/apps/{userId}/timeline', { params, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

export type HealthSegment = components['schemas']['HealthStrip']['segments'][number]

export const healthQuery = (userId: string) =>
  queryOptions({
    queryKey: [...appKey(userId), 'health'],
    queryFn: ({ signal }) => {
      const params = { path: { userId }, query: { hours: 24 } }
      return answer(api.GET('/v1/apps/{userId}/health', { params, signal }))
    },
  })

export const costsQuery = (userId: string) =>
  queryOptions({
    queryKey: [...appKey(userId), 'costs'],
    queryFn: ({ signal }) => {
      const params = { path: { userId }, query: { days: 30 } }
      return answer(api.GET('/v1/apps/{userId}/costs', { params, signal }))
    },
    staleTime: 60_000,
  })
