import { Link } from '@tanstack/react-router'
import { formatMoney } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { useMigrationItems, type MigrationItem } from './query.ts'
import { migrationRoute } from './route.ts'

const column = columnsOf<MigrationItem>()
const nothing = <span className="muted">–</span>

const COLUMNS: Column<MigrationItem>[] = [
  column.display({
    id: 'user',
    header: 'User',
    cell: ({ row: { original: item } }) => (
      <Link to="/apps/$userId" params={{ userId: item.user_id }} className="cell-main" data-row-focus>
        {item.email ?? item.user_id}
      </Link>
    ),
    meta: { width: '18rem' },
  }),
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <Status state={row.original.state} />,
    meta: { width: '8rem' },
  }),
  column.display({
    id: 'wave',
    header: 'Wave',
    cell: ({ row }) => row.original.wave ?? nothing,
    meta: { width: '5rem', rank: 2 },
  }),
  column.display({
    id: 'app',
    header: 'App',
    cell: ({ row }) => row.original.app_name ?? nothing,
    meta: { width: '13rem', rank: 3 },
  }),
  column.display({
    id: 'cost',
    header: 'A month',
    cell: ({ row: { original: item } }) =>
      item.monthly_cost_usd === null ? nothing : formatMoney(item.monthly_cost_usd),
    meta: { width: '6rem', rank: 3 },
  }),
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

export function MigrationItems({ migrationId }: { migrationId: string }) {
  const { state } = migrationRoute.useSearch()
  return (
    <PagedTable
      what="users"
      label="Users of this migration"
      pages={useMigrationItems(migrationId, state)}
      columns={COLUMNS}
      rowId={(item) => item.user_id}
      empty={<Empty title="Nobody is in this state" />}
    />
  )
}
