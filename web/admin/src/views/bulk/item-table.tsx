/** The users of a bulk run or a migration, and what became of each. */
import { Link } from '@tanstack/react-router'
import type { Pages } from '../../api/pages.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import type { BulkItem } from './query.ts'

/** Stands in a cell of which there is nothing to say. */
export const nothing = <span className="muted">–</span>

/** Who and how it stands; then `own`, what only this kind of run knows; then how it ended and when. */
export function itemColumns<Item extends BulkItem>(userWidth: string, own: Column<Item>[]): Column<Item>[] {
  const column = columnsOf<Item>()
  return [
    column.display({
      id: 'user',
      header: 'User',
      cell: ({ row: { original: item } }) => (
        <Link to="/apps/$userId" params={{ userId: item.user_id }} className="cell-main" data-row-focus>
          {item.email ?? item.user_id}
        </Link>
      ),
      meta: { width: userWidth },
    }),
    column.display({
      id: 'state',
      header: 'State',
      cell: ({ row }) => <Status state={row.original.state} />,
      meta: { width: '8rem' },
    }),
    ...own,
    column.display({
      id: 'text',
      header: 'How it ended',
      cell: ({ row: { original: item } }) => item.text ?? item.code ?? nothing,
      meta: { rank: 2 },
    }),
    column.display({
      id: 'at',
      header: 'When',
      cell: ({ row }) => <Ago at={row.original.at} />,
      meta: { width: '7rem', rank: 2 },
    }),
  ]
}

export function ItemTable<Item extends BulkItem>(props: {
  label: string
  pages: Pages<Item>
  columns: Column<Item>[]
}) {
  return (
    <PagedTable
      what="users"
      {...props}
      rowId={(item) => item.user_id}
      empty={<Empty title="Nobody is in this state" />}
    />
  )
}
