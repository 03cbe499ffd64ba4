import { call } from '../../api/client.ts'
import { usePages, type PageOf } from '../../api/pages.ts'
import type { AuditSearch } from './route.ts'

export type AuditEntry = {
  id: number
  created_at: string
  actor: string
  action: string
  user_id: string | null
  email: string | null
  reason: string | null
  request_id: string | null
  before: unknown
  after: unknown
}

const PAGE = 100
const REFRESH_MS = 15_000

export function useAudit({ actor, action, user }: AuditSearch) {
  return usePages<AuditEntry>(
    ['audit', 'list', actor ?? '', action ?? '', user ?? ''],
    (cursor, signal) => {
      const query = { actor, action, user_id: user, limit: PAGE, cursor }
      return call<PageOf<AuditEntry>>('GET', '/v1/audit', { query, signal })
    },
    { refetchInterval: REFRESH_MS },
  )
}
