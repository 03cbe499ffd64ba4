import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import {
  appCountsQuery,
  appsCsvUrl,
  appsQuery,
  type AppFilters,
  type AppRow,
  type AppsSort,
} from '../../api/apps.ts'
import { plural } from '../../lib/format.ts'
import { useListOutdated, useLive } from '../../live/live.tsx'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table/data-table.tsx'
import { useSelection } from '../../ui/data-table/selection.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Loading, Stale } from '../../ui/states.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { appColumns } from './columns.tsx'
import { FilterBar } from './filter-bar.tsx'
import { NoApps, UsersWithoutApp } from './no-apps.tsx'
import { appsRoute } from './route.ts'
import { DEFAULT_SORT, filtersOf, readAppsSearch, type AppsSearch } from './search.ts'
import './view.css'

export function Apps() {
  const search = appsRoute.useSearch()
  const navigate = appsRoute.useNavigate()
  const filters = useMemo(() => filtersOf(search), [search])
  const sort = search.sort ?? DEFAULT_SORT
  const counts = useQuery(appCountsQuery(filters))
  const found = useQuery(appCountsQuery(search.q === undefined ? {} : { q: search.q }))
  const change = useCallback(
    (next: AppsSearch) => void navigate({ search: readAppsSearch(next), replace: next.q !== search.q }),
    [navigate, search.q],
  )
  return (
    <Page
      fill
      title="Apps"
      meta={
        <>
          <span>{counts.data === undefined ? '…' : plural(counts.data.total, 'app')}</span>
          <OutdatedNote />
        </>
      }
      actions={
        <a className="button" href={appsCsvUrl(filters, sort)} download>
          Export CSV
        </a>
      }
    >
      <FilterBar search={search} counts={found.data} onChange={change} />
      <AppsTable
        filters={filters}
        sort={sort}
        total={counts.data?.total}
        onSort={(next) => change({ ...search, sort: next as AppsSort })}
        onClear={() => change({})}
      />
    </Page>
  )
}

type AppsTableProps = {
  filters: AppFilters
  sort: AppsSort
  total: number | undefined
  onSort: (sort: string) => void
  onClear: () => void
}

function AppsTable({ filters, sort, total, onSort, onClear }: AppsTableProps) {
  const filterKey = JSON.stringify(filters)
  const selection = useSelection(filterKey)
  const { data, error, isFetchingNextPage, isFetchNextPageError, ...list } = useInfiniteQuery(
    appsQuery(filters, sort),
  )
  const { fetchNextPage, hasNextPage } = list
  const rows = useMemo(() => data?.pages.flatMap((page): AppRow[] => page.items) ?? [], [data])
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError])
  if (data === undefined) {
    return error === null ? (
      <Loading what="apps" />
    ) : (
      <Failed error={error} onRetry={() => void list.refetch()} />
    )
  }
  if (rows.length === 0) return <NoApps q={filters.q} filtered={filterKey !== '{}'} onClear={onClear} />
  return (
    <>
      {list.isRefetchError && <Stale sinceMs={list.dataUpdatedAt} />}
      <DataTable
        label="Apps"
        columns={appColumns}
        rows={rows}
        rowId={rowId}
        rowName={rowName}
        sort={sort}
        onSort={onSort}
        selection={selection}
        total={total}
        hasMore={hasNextPage}
        onLoadMore={loadMore}
        resetKey={`${filterKey}${sort}`}
        footer={
          <TableFooter
            q={filters.q}
            loading={isFetchingNextPage}
            error={isFetchNextPageError ? error : null}
            onRetry={() => void fetchNextPage()}
          />
        }
      />
      <BulkBar selection={selection} filters={filters} total={total} />
    </>
  )
}

const rowId = (row: AppRow): string => row.user_id
const rowName = (row: AppRow): string => row.email ?? row.user_id

function TableFooter(props: {
  q: string | undefined
  loading: boolean
  error: unknown
  onRetry: () => void
}) {
  if (props.loading) return <Loading what="more apps" />
  if (props.error !== null) return <Failed error={props.error} onRetry={props.onRetry} />
  return props.q === undefined ? null : <UsersWithoutApp q={props.q} />
}

/** Rows change where they stand; that some may be missing, or stand elsewhere by now, is said, and done when asked. */
function OutdatedNote() {
  const outdated = useListOutdated()
  const { changes } = useLive()
  const queries = useQueryClient()
  if (!outdated) return null
  const refresh = () => {
    changes.listWasLoaded()
    void queries.resetQueries({ queryKey: ['apps', 'list'] })
  }
  return (
    <Button kind="quiet" onClick={refresh}>
      Other apps have changed. Read the list again
    </Button>
  )
}
