/** A table over a list of the API, with what stands in its place while it loads, failed or is empty. */
import type { ReactNode } from 'react'
import type { Pages } from '../api/pages.ts'
import { explain } from '../api/problem.ts'
import { Button } from './button.tsx'
import type { Column } from './data-table/columns.ts'
import { DataTable } from './data-table/data-table.tsx'
import type { Selection } from './data-table/selection.ts'
import { Loaded } from './states.tsx'

export function PagedTable<Row extends object>(props: {
  /** What the rows are, in the plural: `alerts`. */
  what: string
  label: string
  pages: Pages<Row>
  columns: Column<Row>[]
  rowId: (row: Row) => string
  rowName?: (row: Row) => string
  sort?: string | undefined
  onSort?: (sort: string) => void
  selection?: Selection
  /** Shown where there is no row. */
  empty: ReactNode
}) {
  const { query, rows } = props.pages
  const { what, label, columns, rowId, rowName, sort, onSort, selection } = props
  return (
    <Loaded query={query} what={what}>
      {() =>
        rows.length === 0 ? (
          props.empty
        ) : (
          <DataTable
            label={label}
            columns={columns}
            rows={rows}
            rowId={rowId}
            sort={sort}
            hasMore={query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError}
            onLoadMore={() => void query.fetchNextPage()}
            footer={<More query={query} what={what} />}
            {...(rowName && { rowName })}
            {...(onSort && { onSort })}
            {...(selection && { selection })}
          />
        )
      }
    </Loaded>
  )
}

function More({ query, what }: { query: Pages<object>['query']; what: string }) {
  if (query.isFetchingNextPage) {
    return (
      <p className="table-more" role="status">
        Loading more {what}…
      </p>
    )
  }
  if (!query.isFetchNextPageError) return null
  return (
    <p className="table-more" role="alert">
      {explain(query.error).title} <Button onClick={() => void query.fetchNextPage()}>Try again</Button>
    </p>
  )
}
