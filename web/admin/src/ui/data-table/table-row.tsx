import { FlexRender, type Row as TableLibraryRow } from '@tanstack/react-table'
import { memo, type ReactNode } from 'react'
import type { features } from './columns.ts'

type TableRowProps = {
  row: TableLibraryRow<typeof features, never>
  index: number
  name: string | undefined
  /** Undefined where rows cannot be selected. */
  selected: boolean | undefined
  onSelect: (id: string, range: boolean) => void
  onFocus: (index: number) => void
}

function Row({ row, index, name, selected, onSelect, onFocus }: TableRowProps) {
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      className={selected === true ? 'is-selected' : undefined}
      onFocus={() => onFocus(index)}
    >
      {selected !== undefined && (
        <td className="cell-select">
          <input
            type="checkbox"
            aria-label={`Select ${name ?? row.id}`}
            checked={selected}
            onChange={(event) => onSelect(row.id, (event.nativeEvent as MouseEvent).shiftKey)}
          />
        </td>
      )}
      {row.getAllCells().map((cell) => {
        const { align, rank = 1 } = cell.column.columnDef.meta ?? {}
        return (
          <td key={cell.id} className={`rank-${rank}${align === 'end' ? ' cell-end' : ''}`}>
            <FlexRender cell={cell} />
          </td>
        )
      })}
    </tr>
  )
}

/** The library makes every row anew when one of them changes; what counts is what is in it. */
export const TableRow = memo(
  Row,
  (before, after) =>
    before.row.original === after.row.original &&
    before.index === after.index &&
    before.selected === after.selected &&
    before.name === after.name,
) as unknown as <R extends object>(
  props: Omit<TableRowProps, 'row'> & { row: TableLibraryRow<typeof features, R> },
) => ReactNode
