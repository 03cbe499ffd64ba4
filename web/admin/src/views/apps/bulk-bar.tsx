/** What can be done to all that are selected: those one by one, or all that the filters find. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AppFilters } from '../../api/apps.ts'
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
  filters: AppFilters
  total: number | undefined
}

export function BulkBar({ selection, filters, total = 0 }: BulkBarProps) {
  const { data: session } = useQuery(sessionQuery)
  const [everything, setEverything] = useState<ReadonlySet<string>>()
  // Fixed when the dialog opens: what happens to the list meanwhile changes nothing of what is confirmed.
  const [asked, setAsked] = useState<{ action: BulkAction; target: BulkTarget }>()
  const { ids, clear } = selection
  // Any change of the selection takes "all that match" back.
  const all = everything === ids
  if (ids.size === 0) return null
  const count = all ? total : ids.size
  const ask = (action: BulkAction) =>
    setAsked({ action, target: all ? { filter: filters } : { userIds: [...ids].slice(0, NAMED_AT_MOST) } })
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
        <Button key={one.name} kind={one.danger ? 'danger-outline' : 'plain'} onClick={() => ask(one)}>
          {one.label}…
        </Button>
      ))}
      <Button kind="quiet" onClick={clear}>
        Clear
      </Button>
      {asked !== undefined && (
        <BulkDialog
          {...asked}
          onClose={() => setAsked(undefined)}
          onStarted={() => {
            setAsked(undefined)
            clear()
          }}
        />
      )}
    </div>
  )
}
