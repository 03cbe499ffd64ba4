/** Days and months of reports: calendar days and months in UTC, as text, so that no process's own time zone matters. */

/** Days as `YYYY-MM-DD`; `to` is the first that is not in it. */
export type DaySpan = { from: string; to: string }

/** `YYYY-MM` → its days. */
export function monthSpan(month: string): DaySpan {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const next = number === 12 ? [year + 1, 1] : [year, number + 1]
  return { from: `${month}-01`, to: `${String(next[0]).padStart(4, '0')}-${twoDigits(next[1] ?? 1)}-01` }
}

/** The month that a moment is in. */
export function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}

/** The day that a moment is in. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
