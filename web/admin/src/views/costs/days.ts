export type Day = { day: string; usd: string }

/** Every day of the month until `asOf`, those without cost at 0: a chart must not close the gap between two others. */
export function daysOf(month: string, days: readonly Day[], asOf: string): Day[] {
  const costs = new Map(days.map(({ day, usd }) => [day.slice(0, 10), usd]))
  const [year = 0, number = 1] = month.split('-').map(Number)
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate()
  const last = asOf.slice(0, 10)
  return Array.from({ length: count }, (_none, index) => `${month}-${String(index + 1).padStart(2, '0')}`)
    .filter((day) => day <= last)
    .map((day) => ({ day, usd: costs.get(day) ?? '0' }))
}
