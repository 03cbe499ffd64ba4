/** Tables for people: aligned, no wider than the terminal, and with whole values where nobody looks at it but a program. */
import { type Colour, type Paint, visible } from './paint.ts'

export type Column<Row> = {
  title: string
  value: (row: Row) => string | number | null | undefined
  align?: 'right'
  colour?: (row: Row) => Colour | undefined
  /** Where the terminal is too narrow it may shrink to so much, and goes where that is not enough: the last one first. */
  gives?: number
}

const GAP = '  '

/** Lines, the first of them the titles. `width` undefined: nothing is cut. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { paint, width }: { paint: Paint; width: number | undefined },
): string {
  const shown = columns.map((column) => {
    const texts = rows.map((row) => visible(String(column.value(row) ?? '-')))
    return { column, texts, size: Math.max(column.title.length, ...texts.map((text) => text.length)) }
  })
  const kept = width === undefined ? shown : fit(shown, width)
  const line = (text: (one: Sized<Row>) => string, paintCell: (one: Sized<Row>, cell: string) => string) =>
    kept.map((one, at) => paintCell(one, pad(one, text(one), at === kept.length - 1))).join(GAP)
  const titles = line(
    ({ column }) => column.title,
    (_, cell) => cell,
  )
  const body = rows.map((row, at) =>
    line(
      ({ texts }) => texts[at] ?? '',
      ({ column }, cell) => {
        const colour = column.value(row) == null ? undefined : column.colour?.(row)
        return colour === undefined ? cell : paint(colour, cell)
      },
    ),
  )
  return [paint('bold', titles.trimEnd()), ...body.map((text) => text.trimEnd())].join('\n')
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

type Sized<Row> = { column: Column<Row>; texts: readonly string[]; size: number }

function pad<Row>({ column, size }: Sized<Row>, text: string, last: boolean): string {
  const cut = text.length > size ? `${text.slice(0, size - 1)}…` : text
  if (column.align === 'right') return cut.padStart(size)
  return last ? cut : cut.padEnd(size)
}

function fit<Row>(columns: readonly Sized<Row>[], width: number): Sized<Row>[] {
  const kept = [...columns]
  const over = () => kept.reduce((sum, { size }) => sum + size, GAP.length * (kept.length - 1)) - width
  const lastGiving = () => kept.findLastIndex(({ column }) => column.gives !== undefined)
  const spare = () =>
    kept.reduce((sum, { column, size }) => sum + Math.max(0, size - (column.gives ?? size)), 0)
  while (over() > spare() && lastGiving() >= 0) kept.splice(lastGiving(), 1)
  for (const one of [...kept].reverse()) {
    const most = Math.max(0, one.size - (one.column.gives ?? one.size))
    const at = kept.findIndex(({ column }) => column === one.column)
    kept[at] = { ...one, size: one.size - Math.min(most, Math.max(0, over())) }
  }
  return kept
}
