/** CSV as the API writes it (RFC 4180): what a spreadsheet would run as a formula gets an apostrophe before it. */
const LIKE_A_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u

export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: string | number | null): string {
  if (typeof cell !== 'string') return String(cell ?? '')
  const text = LIKE_A_FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
