/** Tables for people: aligned, no wider than the terminal, and with whole values where nobody looks at it but a program. */
import { type Colour, type Paint, visible } from './paint.ts'

export type Column<Row> = {
  title: string
  value: (row: Row) => string | number | null | undefined
  align?: 'right'
  colour?: (row: Row) => Colour | undefined
  /** Gives way first where the terminal is too narrow. */
  gives?: boolean
}

const GAP = '  '
const LEAST_WIDTH = 8

/** Lines, the first of them the titles. `width` undefined: nothing is cut. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { paint, width }: { paint: Paint; width: number | undefined },
): string {
  const cells = rows.map((row) => columns.map(({ value }) => visible(String(value(row) ?? '-'))))
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((line) => line[at]?.length ?? 0)),
  )
  fit(widths, columns, width)
  const pad = (text: string, at: number) => {
    const size = widths[at] ?? 0
    const cut = text.length > size ? `${text.slice(0, size - 1)}…` : text
    if (columns[at]?.align === 'right') return cut.padStart(size)
    return at === columns.length - 1 ? cut : cut.padEnd(size)
  }
  const head = columns.map(({ title }, at) => pad(title, at)).join(GAP)
  const body = cells.map((line, row) =>
    line
      .map((text, at) => {
        const colour = columns[at]?.colour?.(rows[row] as Row)
        return colour === undefined ? pad(text, at) : paint(colour, pad(text, at))
      })
      .join(GAP),
  )
  return [paint('bold', head.trimEnd()), ...body.map((line) => line.trimEnd())].join('\n')
}

/** What stands beside a name: one line each. */
export function renderFields(
  fields: readonly (readonly [string, string | number | null | undefined])[],
  paint: Paint,
): string {
  const size = Math.max(...fields.map(([name]) => name.length))
  return fields
    .map(([name, value]) => `${paint('dim', name.padEnd(size))}  ${visible(String(value ?? '-'))}`)
    .join('\n')
}

function fit<Row>(widths: number[], columns: readonly Column<Row>[], width: number | undefined): void {
  if (width === undefined) return
  const total = () => widths.reduce((sum, size) => sum + size, 0) + GAP.length * (widths.length - 1)
  const giving = columns.map((column, at) => ({ column, at })).filter(({ column }) => column.gives === true)
  for (const { at } of giving.reverse()) {
    const over = total() - width
    if (over <= 0) return
    widths[at] = Math.max(LEAST_WIDTH, (widths[at] ?? 0) - over)
  }
}
