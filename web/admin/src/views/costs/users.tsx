import { Link, useNavigate } from '@tanstack/react-router'
import { formatMoney } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { useUserCosts, type UserCost } from './query.ts'
import { costsRoute, type CostsSearch } from './route.ts'

const column = columnsOf<UserCost>()

const money = (
  id: string,
  header: string,
  pick: (cost: UserCost) => string | null,
  rank: 1 | 2 | 3,
  sortBy?: string,
) =>
  column.display({
    id,
    header,
    cell: ({ row }) => formatMoney(pick(row.original)),
    meta: { width: '7rem', align: 'end', rank, ...(sortBy && { sortBy }) },
  })

const COLUMNS: Column<UserCost>[] = [
  column.display({
    id: 'user',
    header: 'User',
    cell: ({ row: { original: cost } }) => (
      <Link to="/apps/$userId" params={{ userId: cost.user_id }} className="cell-main" data-row-focus>
        {cost.email ?? cost.user_id}
      </Link>
    ),
    meta: { sortBy: 'user' },
  }),
  column.display({
    id: 'tier',
    header: 'Tier',
    cell: ({ row }) => row.original.tier,
    meta: { width: '6rem', rank: 2 },
  }),
  column.display({
    id: 'status',
    header: 'Status',
    cell: ({ row }) => <Status state={row.original.status} />,
    meta: { width: '10rem', rank: 3 },
  }),
  money('month', 'Month', (cost) => cost.month_usd, 1, 'month'),
  money('forecast', 'Foreseen', (cost) => cost.forecast_usd, 2, 'forecast'),
  money('total', 'In all', (cost) => cost.total_usd, 3),
  money('margin', 'Margin', (cost) => cost.margin_usd, 2, 'margin'),
]

export function UserCosts() {
  const search = costsRoute.useSearch()
  const navigate = useNavigate({ from: '/costs' })
  const pages = useUserCosts(search)
  const setSort = (sort: string) =>
    void navigate({ search: (before) => ({ ...before, sort: sort as NonNullable<CostsSearch['sort']> }) })
  return (
    <div className="table-box">
      <PagedTable
        what="users"
        label="Costs by user"
        pages={pages}
        columns={COLUMNS}
        rowId={(cost) => cost.user_id}
        sort={search.sort ?? '-month'}
        onSort={setSort}
        empty={<Empty title="Nobody has cost anything in this month" />}
      />
    </div>
  )
}
