import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components } from '../../api/schema.generated.ts'
import type { EventsSearch } from './route.ts'

export type FleetEvent = components['schemas']['FleetEvent']

const PAGE = 100
const REFRESH_MS = 10_000

export function useEvents({ type, status, user }: EventsSearch) {
  return usePages<FleetEvent>(
    ['events', 'list', type ?? '', status ?? '', user ?? ''],
    (cursor, signal) => {
      const filter = { ...(type && { type }), ...(status && { status }), ...(user && { user_id: user }) }
      const query = { ...filter, limit: PAGE, ...(cursor && { cursor }) }
      return answer(api.GET('/v1/events', { params: { query }, signal }))
    },
    { refetchInterval: REFRESH_MS },
  )
}
