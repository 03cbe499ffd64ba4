/** How numbers, money and times read, everywhere on the page. Nothing here knows what it is that it formats. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const NONE = '–'

const numbers = new Intl.NumberFormat('en')
const cents = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })
const wholeDollars = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
})
const dateAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

export function formatCount(value: number): string {
  return numbers.format(value)
}

/** `3 apps`, `1 app`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Amounts come as strings of PostgreSQL's `numeric`. From 10,000 on, cents say nothing. */
export function formatMoney(usd: string | number | null | undefined): string {
  if (usd === null || usd === undefined || usd === '') return NONE
  const value = Number(usd)
  if (!Number.isFinite(value)) return NONE
  // Not nothing, and too little for cents.
  if (value > 0 && value < 0.005) return '<$0.01'
  return Math.abs(value) >= 10_000 ? wholeDollars.format(value) : cents.format(value)
}

/** `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: two units at most. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1_000)} s`
  if (ms < HOUR_MS) return twoUnits(ms, MINUTE_MS, 'min', 1_000, 's')
  if (ms < DAY_MS) return twoUnits(ms, HOUR_MS, 'h', MINUTE_MS, 'min')
  return twoUnits(ms, DAY_MS, 'd', HOUR_MS, 'h')
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small)
  const first = `${Math.floor(ms / large)} ${largeName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}

/** `just now`, `12 s ago`, `in 3 min`, `2 d ago`: one unit, for columns that are skimmed. */
export function formatAgo(iso: string | null | undefined, nowMs: number): string {
  if (iso == null) return NONE
  const atMs = Date.parse(iso)
  if (Number.isNaN(atMs)) return NONE
  const distanceMs = Math.abs(nowMs - atMs)
  if (distanceMs < 5_000) return 'just now'
  const text = oneUnit(distanceMs)
  return atMs > nowMs ? `in ${text}` : `${text} ago`
}

function oneUnit(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1_000)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`
  return `${Math.floor(ms / DAY_MS)} d`
}

/** In the reader's own time zone, to the second. */
export function formatDateTime(iso: string | null | undefined): string {
  return iso == null ? NONE : dateAndTime.format(new Date(iso))
}

/** `14:05:09`, in the reader's own time zone. */
export function formatTime(iso: string): string {
  return timeOfDay.format(new Date(iso))
}

/** A day of the ledger (`2026-11-22`), which is a day in UTC. */
export function formatDay(day: string): string {
  return dayAndMonth.format(new Date(`${day.slice(0, 10)}T00:00:00Z`))
}

/** `2 shared CPUs, 512 MB`. */
export function formatGuest(guest: { cpu_kind: string; cpus: number; memory_mb: number }): string {
  return `${guest.cpus} ${guest.cpu_kind} ${guest.cpus === 1 ? 'CPU' : 'CPUs'}, ${formatMemory(guest.memory_mb)}`
}

export function formatMemory(mb: number): string {
  return mb >= 1_024 && mb % 1_024 === 0 ? `${mb / 1_024} GB` : `${formatCount(mb)} MB`
}

/** `fly_unreachable` → `Fly unreachable`: a code where no better word is known. */
export function formatCode(code: string): string {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
