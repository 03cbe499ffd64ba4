import { formatMoney } from '../../lib/format.ts'
import { columnsOf } from '../../ui/data-table/columns.ts'
import { ItemTable, itemColumns, nothing } from '../bulk/item-table.tsx'
import { useMigrationItems, type MigrationItem } from './query.ts'
import { migrationRoute } from './route.ts'

const column = columnsOf<MigrationItem>()

const COLUMNS = itemColumns<MigrationItem>('18rem', [
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
])

export function MigrationItems({ migrationId }: { migrationId: string }) {
  const { state } = migrationRoute.useSearch()
  const pages = useMigrationItems(migrationId, state)
  return <ItemTable label="Users of this migration" pages={pages} columns={COLUMNS} />
}
