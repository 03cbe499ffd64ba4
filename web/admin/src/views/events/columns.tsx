import { Link } from '@tanstack/react-router'
import { formatCode, formatDateTime } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { Status } from '../../ui/status.tsx'
import type { FleetEvent } from './query.ts'

const column = columnsOf<FleetEvent>()

export function eventColumns(onOpen: (event: FleetEvent) => void): Column<FleetEvent>[] {
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
      id: 'type',
      header: 'Event',
      cell: ({ row: { original: event } }) => (
        <button type="button" className="row-button" data-row-focus onClick={() => onOpen(event)}>
          {formatCode(event.event_type)}
        </button>
      ),
      meta: { width: '16rem' },
    }),
    column.display({
      id: 'status',
      header: 'Outcome',
      cell: ({ row }) => <Status state={row.original.status} />,
      meta: { width: '8rem' },
    }),
    column.display({
      id: 'user',
      header: 'User',
      cell: ({ row }) => <UserLink event={row.original} />,
      meta: { width: '16rem', rank: 2 },
    }),
    column.display({
      id: 'message',
      header: 'Message',
      cell: ({ row }) => row.original.message,
      meta: { rank: 3 },
    }),
    column.display({
      id: 'actor',
      header: 'By',
      cell: ({ row }) => row.original.actor,
      meta: { width: '10rem', rank: 3 },
    }),
  ]
}

export function UserLink({ event }: { event: FleetEvent }) {
  return (
    <Link to="/apps/$userId" params={{ userId: event.user_id }} className="id">
      {event.user_id}
    </Link>
  )
}
