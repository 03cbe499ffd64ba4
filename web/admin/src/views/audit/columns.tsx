import { Link } from '@tanstack/react-router'
import { formatDateTime } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import type { AuditEntry } from './query.ts'

const column = columnsOf<AuditEntry>()

export function auditColumns(onOpen: (entry: AuditEntry) => void): Column<AuditEntry>[] {
  return [
    column.display({
      id: 'at',
      header: 'When',
      cell: ({ row }) => (
        <time dateTime={row.original.created_at}>{formatDateTime(row.original.created_at)}</time>
      ),
      meta: { width: '12rem', rank: 2 },
    }),
    column.display({
      id: 'action',
      header: 'What was done',
      cell: ({ row: { original: entry } }) => (
        <button type="button" className="row-button" data-row-focus onClick={() => onOpen(entry)}>
          {entry.action}
        </button>
      ),
      meta: { width: '18rem' },
    }),
    column.display({
      id: 'actor',
      header: 'By',
      cell: ({ row }) => row.original.actor,
      meta: { width: '16rem' },
    }),
    column.display({
      id: 'user',
      header: 'For the user',
      cell: ({ row }) => <AuditedUser entry={row.original} />,
      meta: { width: '15rem', rank: 3 },
    }),
    column.display({
      id: 'reason',
      header: 'Reason',
      cell: ({ row }) => row.original.reason,
      meta: { rank: 2 },
    }),
  ]
}

export function AuditedUser({ entry }: { entry: AuditEntry }) {
  if (entry.user_id === null) return <span className="muted">–</span>
  return (
    <Link to="/apps/$userId" params={{ userId: entry.user_id }} className="id">
      {entry.user_id}
    </Link>
  )
}
