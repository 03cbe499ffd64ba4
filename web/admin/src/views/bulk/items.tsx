import { Link } from '@tanstack/react-router'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { useBulkItems, type BulkItem } from './query.ts'
import { bulkRoute } from './route.ts'

const column = columnsOf<BulkItem>()

const COLUMNS: Column<BulkItem>[] = [
  column.display({
    id: 'user',
    header: 'User',
    cell: ({ row: { original: item } }) => (
      <Link to="/apps/$userId" params={{ userId: item.user_id }} className="cell-main" data-row-focus>
        {item.email ?? item.user_id}
      </Link>
    ),
    meta: { width: '20rem' },
  }),
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <Status state={row.original.state} />,
    meta: { width: '8rem' },
  }),
  column.display({
    id: 'text',
    header: 'How it ended',
    cell: ({ row: { original: item } }) => item.text ?? item.code ?? <span className="muted">–</span>,
    meta: { rank: 2 },
  }),
  column.display({
    id: 'at',
    header: 'When',
    cell: ({ row }) => <Ago at={row.original.at} />,
    meta: { width: '7rem', rank: 2 },
  }),
]

export function BulkItems({ bulkId }: { bulkId: string }) {
  const { state } = bulkRoute.useSearch()
  return (
    <PagedTable
      what="users"
      label="Users of this bulk run"
      pages={useBulkItems(bulkId, state)}
      columns={COLUMNS}
      rowId={(item) => item.user_id}
      empty={<Empty title="Nobody is in this state" />}
    />
  )
}
