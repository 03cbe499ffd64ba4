/**
 * CSV as RFC 4180 has it: lines end in CRLF, and a cell with a comma, a quote or a line break is in quotes. A spreadsheet
 * runs a cell that begins like a formula, and an e-mail address may begin so: such text gets an apostrophe before it.
 */
export type Cell = string | number | Date | null

const LIKE_A_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  if (cell instanceof Date) return cell.toISOString()
  const text = LIKE_A_FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
