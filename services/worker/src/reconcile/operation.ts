import type { Entitlement, Operation } from '@hangar/core'
import type { AppRow } from '@hangar/db'

/** Which operation the work on a row belongs to: the first word of its events. An app that is up is never provisioned. */
export function operationOn(row: AppRow | null, entitlement: Entitlement): Operation {
  if (row?.teardownStartedAt) return 'deprovision'
  if (row?.operation) return row.operation
  if (entitlement.kind === 'not_entitled') return 'deprovision'
  return row?.deployedAt ? 'repair' : 'provision'
}
