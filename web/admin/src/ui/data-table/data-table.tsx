/**
 * A table of any length. Only the rows in sight are in the page: two empty rows hold the place of those before and
 * after. Each row's main cell holds a link or a button marked `data-row-focus`: `j` and `k` move the focus from one
 * to the next, so that Enter opens it as a browser does, and a screen reader reads it.
 */
import { useTable } from '@tanstack/react-table'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react'
import { useKeys } from '../../shell/keyboard.ts'
import { features, type Column } from './columns.ts'
import { idsBetween, type Selection } from './selection.ts'
import { HeaderRow } from './header-row.tsx'
import { TableRow } from './table-row.tsx'

const ROW_HEIGHT_PX = 36
/** Rows before the end of what is loaded at which the next page is asked for. */
const LOAD_AHEAD = 60

export type DataTableProps<Row extends object> = {
  /** What the table is of, for screen readers. */
  label: string
  columns: Column<Row>[]
  rows: Row[]
  rowId: (row: Row) => string
  /** How a row is called where it is selected. */
  rowName?: (row: Row) => string
  /** `created_at` or `-created_at`. */
  sort?: string | undefined
  onSort?: (sort: string) => void
  selection?: Selection
  /** All rows there are, where more may be loaded. */
  total?: number | undefined
  hasMore?: boolean
  onLoadMore?: () => void
  /** Under the last row: that more is loading, or why not. */
  footer?: ReactNode
  /** Which rows these are: with others, one is at the top again. */
  resetKey?: string
}

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, rowId, selection, hasMore = false, onLoadMore } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(-1)
  const ids = useMemo(() => rows.map(rowId), [rows, rowId])
  const virtualizer = useRowsInSight(scroller, ids, active)
  const items = virtualizer.getVirtualItems()
  const inSight = useMemo(() => items.flatMap(({ index }) => rows[index] ?? []), [items, rows])
  // It is given what is in sight only: of ten thousand rows it would make as many objects with each change of one.
  const table = useTable({ features, columns: props.columns, data: inSight, getRowId: rowId })
  const drawn = table.getRowModel().rows
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= rows.length - LOAD_AHEAD) onLoadMore?.()
  }, [hasMore, last, rows.length, onLoadMore])

  useTopFor(props.resetKey, scroller)
  useRowKeys({ rows, rowId, active, setActive, scroller, selection, scrollTo: virtualizer.scrollToIndex })
  const select = useSelect(rows, rowId, selection)
  return (
    <div className="table-scroll" ref={scroller} tabIndex={-1}>
      <table className="table" aria-label={props.label} aria-rowcount={(props.total ?? rows.length) + 1}>
        <thead>
          <HeaderRow
            headers={table.getHeaderGroups()[0]?.headers ?? []}
            FlexRender={table.FlexRender}
            sort={props.sort}
            onSort={props.onSort}
            selection={selection}
            rowIds={ids}
          />
        </thead>
        <tbody>
          {items.map((item, at) => {
            const row = drawn[at]
            if (row === undefined) return null
            const gapPx = item.start - (items[at - 1]?.end ?? 0)
            return [
              gapPx > 0 && <Gap key={`before-${row.id}`} heightPx={gapPx} />,
              <TableRow
                key={row.id}
                row={row}
                index={item.index}
                name={props.rowName?.(row.original)}
                selected={selection?.ids.has(row.id)}
                onSelect={select}
                onFocus={setActive}
              />,
            ]
          })}
          <Gap heightPx={virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
      {props.footer}
    </div>
  )
}

function useRowsInSight(scroller: RefObject<HTMLDivElement | null>, ids: readonly string[], active: number) {
  // The same function while the rows are the same: another one has every row measured again.
  const getItemKey = useCallback((index: number) => ids[index] ?? index, [ids])
  return useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 12,
    getItemKey,
    // Scrolling is not held up until the rows are drawn.
    useFlushSync: false,
    // The row that has the focus stays in the page wherever one scrolls to.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      if (active < 0 || active >= range.count || shown.includes(active)) return shown
      return [...shown, active].sort((a, b) => a - b)
    },
  })
}

/** Other rows begin at their top. */
function useTopFor(key: string | undefined, scroller: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [key, scroller])
}

/** One cell, however many columns are shown: more would make columns of their own where some are hidden. */
function Gap({ heightPx }: { heightPx: number }) {
  if (heightPx <= 0) return null
  return (
    <tr aria-hidden="true" className="table-gap" style={{ height: heightPx }}>
      <td />
    </tr>
  )
}

/** One row, or with shift held all from the last one on. The function stays the same, so that rows rest. */
function useSelect<Row>(rows: Row[], rowId: (row: Row) => string, selection: Selection | undefined) {
  const from = useRef<string>(undefined)
  const latest = useRef({ rows, rowId, selection })
  useEffect(() => {
    latest.current = { rows, rowId, selection }
  })
  return useCallback((id: string, range: boolean) => {
    const now = latest.current
    if (now.selection === undefined) return
    if (range && from.current !== undefined) {
      now.selection.setAll(idsBetween(now.rows.map(now.rowId), from.current, id), !now.selection.ids.has(id))
    } else now.selection.toggle(id)
    from.current = id
  }, [])
}

function focusRow(table: HTMLElement | null, index: number): void {
  const row = table?.querySelector(`[data-index="${String(index)}"]`)
  row?.querySelector<HTMLElement>('[data-row-focus]')?.focus({ preventScroll: true })
}

function useRowKeys<Row>(table: {
  rows: Row[]
  rowId: (row: Row) => string
  active: number
  setActive: (index: number) => void
  scroller: RefObject<HTMLDivElement | null>
  selection: Selection | undefined
  scrollTo: (index: number) => void
}): void {
  const { rows, rowId, active, setActive, scroller, selection, scrollTo } = table
  const isMoving = useRef(false)
  // The active row is always in the page, so it can be given the focus as soon as it is drawn.
  useEffect(() => {
    if (!isMoving.current) return
    isMoving.current = false
    focusRow(scroller.current, active)
  }, [active, scroller])
  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index))
    if (rows.length === 0) return
    scrollTo(next)
    if (next === active) focusRow(scroller.current, next)
    else {
      isMoving.current = true
      setActive(next)
    }
  }
  useKeys({
    j: () => moveTo(active + 1),
    k: () => moveTo(active - 1),
    x: () => {
      const row = rows[active]
      if (row !== undefined) selection?.toggle(rowId(row))
    },
    Escape: () => selection?.clear(),
  })
}
