import { call } from '../../api/client.ts'
import { usePages, type PageOf } from '../../api/pages.ts'
import type { EventsSearch } from './route.ts'

export type FleetEvent = {
  id: number
  user_id: string
  email: string | null
  user_fly_app_id: string | null
  event_type: string
  status: 'started' | 'success' | 'failed' | 'skipped'
  message: string | null
  metadata: Record<string, unknown>
  actor: string
  created_at: string
}

const PAGE = 100
const REFRESH_MS = 10_000

export function useEvents({ type, status, user }: EventsSearch) {
  return usePages<FleetEvent>(
    ['events', 'list', type ?? '', status ?? '', user ?? ''],
    (cursor, signal) => {
      const query = { type, status, user_id: user, limit: PAGE, cursor }
      return call<PageOf<FleetEvent>>('GET', '/v1/events', { query, signal })
    },
    { refetchInterval: REFRESH_MS },
  )
}
