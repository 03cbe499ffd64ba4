/** What somebody should look at. Acknowledging ends the reminders; an alert is over when its condition is. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { mayAct, sessionQuery } from '../../api/session.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { useSelection } from '../../ui/data-table/selection.ts'
import { Page } from '../../ui/page.tsx'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { alertColumns } from './columns.tsx'
import { AlertDialog } from './dialog.tsx'
import { useAcknowledge, useAlerts, type Alert } from './query.ts'
import { alertsRoute } from './route.ts'

const isOpen = (alert: Alert) => alert.resolved_at === null && alert.acknowledged_at === null

export function Alerts() {
  const { state = 'open' } = alertsRoute.useSearch()
  const pages = useAlerts(state)
  const { data: session } = useQuery(sessionQuery)
  const selection = useSelection()
  const [shownId, setShownId] = useState<number>()
  const columns = useMemo(() => alertColumns((alert) => setShownId(alert.id)), [])
  const acknowledge = useAcknowledge(selection.clear)
  const canAct = mayAct(session, 'operator')
  const chosen = pages.rows.filter((alert) => selection.ids.has(String(alert.id)) && isOpen(alert))
  const shown = pages.rows.find(({ id }) => id === shownId)
  return (
    <Page
      title="Alerts"
      fill
      meta={<>{`${formatCount(pages.rows.length)}${pages.query.hasNextPage ? ' and more' : ''} ${state}`}</>}
      actions={
        canAct && (
          <Button
            kind="primary"
            disabled={chosen.length === 0}
            busy={acknowledge.isPending}
            onClick={() => chosen.length > 0 && acknowledge.mutate(chosen.map(({ id }) => id))}
          >
            {chosen.length === 0 ? 'Acknowledge' : `Acknowledge ${plural(chosen.length, 'alert')}`}
          </Button>
        )
      }
    >
      <StateFilter state={state} />
      <PagedTable
        what="alerts"
        label="Alerts"
        pages={pages}
        columns={columns}
        rowId={(alert) => String(alert.id)}
        rowName={(alert) => alert.message}
        {...(canAct && { selection })}
        empty={<Empty title={state === 'open' ? 'Nothing is wrong' : 'There has been no alert'} />}
      />
      {shown !== undefined && (
        <AlertDialog
          alert={shown}
          onClose={() => setShownId(undefined)}
          busy={acknowledge.isPending}
          {...(canAct && isOpen(shown) && { onAcknowledge: () => acknowledge.mutate([shown.id]) })}
        />
      )}
    </Page>
  )
}

function StateFilter({ state }: { state: 'open' | 'all' }) {
  return (
    <nav className="tabs" aria-label="Which alerts">
      <Link to="/alerts" search={{}} aria-current={state === 'open' ? 'page' : undefined}>
        Open
      </Link>
      <Link to="/alerts" search={{ state: 'all' }} aria-current={state === 'all' ? 'page' : undefined}>
        All
      </Link>
    </nav>
  )
}
