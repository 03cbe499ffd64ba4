/** What a column of a data table says about itself. */
import { createColumnHelper, tableFeatures, type ColumnDef } from '@tanstack/react-table'

export type ColumnMeta = {
  /** Any CSS width; the column without one takes what is left. */
  width?: string
  align?: 'end'
  /** The name by which the API sorts, where it does. */
  sortBy?: string
  /** Most useful first: 1 is always there, 2 goes on a phone, 3 on a narrow window. */
  rank?: 1 | 2 | 3
}

/** Sorting, filtering and paging are the API's; the table library keeps the columns. */
const columnMeta: ColumnMeta = {}
export const features = tableFeatures({ columnMeta })

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a column's value may be of any type; the library's own signature
export type Column<Row extends object> = ColumnDef<typeof features, Row, any>

/** `const column = columnsOf<Alert>()`, then `column.display({ id, header, cell, meta })` for each. */
export const columnsOf = <Row extends object>() => createColumnHelper<typeof features, Row>()
