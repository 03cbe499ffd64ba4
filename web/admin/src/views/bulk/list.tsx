/** Acts on many users, newest first, each with how far it is. */
import { Link } from '@tanstack/react-router'
import { formatCode, formatCount } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { Page } from '../../ui/page.tsx'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { BulkProgress, BulkState, etaOf } from './progress.tsx'
import { useBulks, type Bulk } from './query.ts'

const column = columnsOf<Bulk>()

const COLUMNS: Column<Bulk>[] = [
  column.display({
    id: 'action',
    header: 'Action',
    cell: ({ row: { original: bulk } }) => (
      <Link to="/bulk/$bulkId" params={{ bulkId: String(bulk.id) }} className="cell-main" data-row-focus>
        {bulkTitle(bulk)}
      </Link>
    ),
    meta: { width: '15rem' },
  }),
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <BulkState bulk={row.original} />,
    meta: { width: '10rem' },
  }),
  column.display({
    id: 'progress',
    header: 'Progress',
    cell: ({ row }) => <BulkProgress bulk={row.original} />,
  }),
  column.display({
    id: 'eta',
    header: 'To the end',
    cell: ({ row }) => etaOf(row.original),
    meta: { width: '11rem', rank: 2 },
  }),
  column.display({
    id: 'reason',
    header: 'Reason',
    cell: ({ row }) => row.original.reason,
    meta: { width: '14rem', rank: 3 },
  }),
  column.display({
    id: 'by',
    header: 'By',
    cell: ({ row }) => row.original.created_by,
    meta: { width: '12rem', rank: 3 },
  }),
  column.display({
    id: 'begun',
    header: 'Begun',
    cell: ({ row }) => <Ago at={row.original.created_at} />,
    meta: { width: '7rem', rank: 2 },
  }),
]

export const bulkTitle = ({ action, total }: Bulk): string =>
  `${formatCode(action)}, ${formatCount(total)} ${total === 1 ? 'user' : 'users'}`

export function BulkList() {
  const pages = useBulks()
  return (
    <Page title="Bulk runs" fill>
      <PagedTable
        what="bulk runs"
        label="Bulk runs"
        pages={pages}
        columns={COLUMNS}
        rowId={(bulk) => String(bulk.id)}
        empty={
          <Empty title="There has been no bulk run">
            <p>
              Select some <Link to="/apps">apps</Link>, or filter them, and choose what to do with all of
              them.
            </p>
          </Empty>
        }
      />
    </Page>
  )
}
