/** How values are written for people. */

/** To the second, in UTC: people in several places compare them. */
export function when(time: string | Date | null | undefined): string {
  if (time == null) return '-'
  const text = typeof time === 'string' ? time : time.toISOString()
  return text.replace('T', ' ').replace(/(\.\d+)?(Z|\+00:00)$/, 'Z')
}

/** `1 user`, `2 users`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** `2 h 05 min`, `3 min 20 s`, `15 s`. */
export function howLong(seconds: number | null | undefined): string {
  if (seconds == null) return 'nobody can say'
  const whole = Math.ceil(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole >= 3_600) return `${Math.floor(whole / 3_600)} h ${two(Math.floor((whole % 3_600) / 60))} min`
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${whole} s`
}

/** `done 3, failed 1`, without what there is none of. */
export function tally(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
  return parts.length === 0 ? 'none' : parts.map(([name, count]) => `${name} ${count}`).join(', ')
}

export const usd = (amount: string | null | undefined): string => (amount == null ? '-' : `$${amount}`)
