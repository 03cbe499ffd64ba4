/** Acts on many users, newest first, each with how far it is. */
import { Link } from '@tanstack/react-router'
import { formatCode, formatCount } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { Page } from '../../ui/page.tsx'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { BulkState } from './progress.tsx'
import { useBulks, type Bulk } from './query.ts'
import { runColumns } from './run-columns.tsx'

const column = columnsOf<Bulk>()
const { progress, eta, reason, begun } = runColumns<Bulk>('Bulk')

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
  progress,
  eta,
  reason,
  column.display({
    id: 'by',
    header: 'By',
    cell: ({ row }) => row.original.created_by,
    meta: { width: '12rem', rank: 3 },
  }),
  begun,
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
