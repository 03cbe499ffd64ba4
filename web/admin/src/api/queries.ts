/** How the page asks: what is asked again, how often, and what is never asked twice. */
import { QueryClient } from '@tanstack/react-query'
import { mayPass } from './problem.ts'

const TRIES = 4
const RETRY_BASE_MS = 500
const RETRY_MAX_MS = 8_000

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The stream says when something changed; what it does not tell of is asked for again after this.
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (failures, error) => mayPass(error) && failures < TRIES - 1,
        retryDelay: (failures) => Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** failures),
        // While the API is away, what is on show asks for it until it is back.
        refetchInterval: (query) =>
          query.state.status === 'error' && mayPass(query.state.error) ? 5_000 : false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}
