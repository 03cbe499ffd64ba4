import type { Header, ReactTable } from '@tanstack/react-table'
import { memo, useEffect, useRef } from 'react'
import type { features } from './columns.ts'
import type { Selection } from './selection.ts'

type Features = typeof features

type HeaderRowProps<Row extends object> = {
  headers: readonly Header<Features, Row>[]
  FlexRender: ReactTable<Features, Row>['FlexRender']
  sort: string | undefined
  onSort: ((sort: string) => void) | undefined
  selection: Selection | undefined
  /** Of every row that is loaded. */
  rowIds: readonly string[]
}

export function HeaderRow<Row extends object>(props: HeaderRowProps<Row>) {
  return (
    <tr aria-rowindex={1}>
      {props.selection && (
        <th className="cell-select" scope="col">
          <SelectAll selection={props.selection} rowIds={props.rowIds} />
        </th>
      )}
      {props.headers.map((header) => {
        const { width, align, rank = 1, sortBy } = header.column.columnDef.meta ?? {}
        const label = <props.FlexRender header={header} />
        return (
          <th
            key={header.id}
            scope="col"
            className={`rank-${rank}${align === 'end' ? ' cell-end' : ''}`}
            style={width === undefined ? undefined : { width }}
            aria-sort={sortBy === undefined ? undefined : directionOf(props.sort, sortBy)}
          >
            {sortBy === undefined || props.onSort === undefined ? (
              label
            ) : (
              <button
                type="button"
                className="sort"
                onClick={() => props.onSort?.(nextSort(props.sort, sortBy))}
              >
                {label}
                <span className="sort-mark" aria-hidden="true" />
              </button>
            )}
          </th>
        )
      })}
    </tr>
  )
}

function directionOf(sort: string | undefined, by: string): 'ascending' | 'descending' | 'none' {
  if (sort === by) return 'ascending'
  return sort === `-${by}` ? 'descending' : 'none'
}

/** The first press sorts upwards, the second downwards. */
const nextSort = (sort: string | undefined, by: string): string => (sort === by ? `-${by}` : by)

/** Drawn again only when rows or the selection changed: it counts through all of them. */
const SelectAll = memo(({ selection, rowIds }: { selection: Selection; rowIds: readonly string[] }) => {
  const ref = useRef<HTMLInputElement>(null)
  const chosen = selection.ids.size === 0 ? 0 : rowIds.filter((id) => selection.ids.has(id)).length
  const all = rowIds.length > 0 && chosen === rowIds.length
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = chosen > 0 && !all
  })
  return (
    <input
      ref={ref}
      type="checkbox"
      aria-label="Select every row that is loaded"
      checked={all}
      onChange={() => selection.setAll(rowIds, !all)}
    />
  )
})
SelectAll.displayName = 'SelectAll'
