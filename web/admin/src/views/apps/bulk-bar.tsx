/** What can be done to all that are selected: those one by one, or all that the filters find. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AppFilters, AppRow } from '../../api/apps.ts'
import { mayAct, sessionQuery } from '../../api/session.ts'
import { formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import type { Selection } from '../../ui/data-table/selection.ts'
import { BulkDialog } from './bulk-dialog.tsx'
import { BULK_ACTIONS, type BulkAction, type BulkTarget } from './bulk.ts'

/** As many as one bulk takes by name. */
const NAMED_AT_MOST = 10_000

type BulkBarProps = {
  selection: Selection
  rows: readonly AppRow[]
  filters: AppFilters
  total: number | undefined
}

export function BulkBar({ selection, rows, filters, total = 0 }: BulkBarProps) {
  const { data: session } = useQuery(sessionQuery)
  const [everything, setEverything] = useState<ReadonlySet<string>>()
  const [action, setAction] = useState<BulkAction>()
  const { ids, clear } = selection
  // Any change of the selection takes "all that match" back.
  const all = everything === ids
  if (ids.size === 0) return null
  const count = all ? total : ids.size
  const target: BulkTarget = all
    ? { filter: filters, total }
    : { userIds: [...ids].slice(0, NAMED_AT_MOST), names: namesOf(rows, ids) }
  return (
    <div className="bulk-bar" role="region" aria-label="What is selected">
      <p aria-live="polite">
        <strong>{formatCount(count)}</strong> selected
      </p>
      {!all && total > ids.size && (
        <Button kind="quiet" onClick={() => setEverything(ids)}>
          Select all {formatCount(total)} that match
        </Button>
      )}
      <span className="bulk-bar-space" />
      {BULK_ACTIONS.filter(({ least }) => mayAct(session, least)).map((one) => (
        <Button key={one.name} kind={one.danger ? 'danger-outline' : 'plain'} onClick={() => setAction(one)}>
          {one.label}…
        </Button>
      ))}
      <Button kind="quiet" onClick={clear}>
        Clear
      </Button>
      {action !== undefined && (
        <BulkDialog
          action={action}
          target={target}
          onClose={() => setAction(undefined)}
          onStarted={() => {
            setAction(undefined)
            clear()
          }}
        />
      )}
    </div>
  )
}

function namesOf(rows: readonly AppRow[], ids: ReadonlySet<string>): string[] {
  return rows.filter((row) => ids.has(row.user_id)).map((row) => row.email ?? row.user_id)
}
