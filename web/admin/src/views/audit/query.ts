import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components } from '../../api/schema.generated.ts'
import type { AuditSearch } from './route.ts'

export type AuditEntry = components['schemas']['AuditEntry']

const PAGE = 100
const REFRESH_MS = 15_000

export function useAudit({ actor, action, user }: AuditSearch) {
  return usePages<AuditEntry>(
    ['audit', 'list', actor ?? '', action ?? '', user ?? ''],
    (cursor, signal) => {
      const filter = { ...(actor && { actor }), ...(action && { action }), ...(user && { user_id: user }) }
      const query = { ...filter, limit: PAGE, ...(cursor && { cursor }) }
      return answer(api.GET('/v1/audit', { params: { query }, signal }))
    },
    { refetchInterval: REFRESH_MS },
  )
}
