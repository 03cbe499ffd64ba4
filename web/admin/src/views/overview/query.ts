import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client.ts'
import type { components } from '../../api/schema.generated.ts'

export type Overview = components['schemas']['Overview']

/** The stream asks for it anew when an app changes; queues, sweeps and money move without a word. */
const REFRESH_MS = 10_000

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }): Promise<Overview> => answer(api.GET('/v1/overview', { signal })),
  refetchInterval: REFRESH_MS,
})
