import { formatCode, formatCount } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import type { Alert } from './query.ts'
import { Subject } from './subject.tsx'

const column = columnsOf<Alert>()

export function alertColumns(onOpen: (alert: Alert) => void): Column<Alert>[] {
  return [
    column.display({
      id: 'severity',
      header: 'Severity',
      cell: ({ row }) => <Status state={row.original.severity} />,
      meta: { width: '8rem' },
    }),
    column.display({
      id: 'message',
      header: 'Alert',
      cell: ({ row: { original: alert } }) => (
        <button type="button" className="row-button" data-row-focus onClick={() => onOpen(alert)}>
          <strong>{formatCode(alert.kind)}</strong> {alert.message}
        </button>
      ),
    }),
    column.display({
      id: 'subject',
      header: 'About',
      cell: ({ row }) => <Subject subject={row.original.subject} />,
      meta: { width: '13rem', rank: 2 },
    }),
    column.display({
      id: 'times',
      header: 'Times',
      cell: ({ row }) => formatCount(row.original.times),
      meta: { width: '5rem', align: 'end', rank: 3 },
    }),
    column.display({
      id: 'last_at',
      header: 'Last',
      cell: ({ row }) => <Ago at={row.original.last_at} />,
      meta: { width: '7rem', rank: 2 },
    }),
    column.display({
      id: 'standing',
      header: 'Standing',
      cell: ({ row }) => <Standing alert={row.original} />,
      meta: { width: '11rem', rank: 2 },
    }),
  ]
}

export function Standing({ alert }: { alert: Alert }) {
  if (alert.resolved_at !== null) return <Status state="done" word="Over" />
  if (alert.acknowledged_at !== null) return <Status state="asked" word="Acknowledged" />
  return <Status state="warning" word="Open" />
}
