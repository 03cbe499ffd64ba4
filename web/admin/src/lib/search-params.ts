/**
 * What a view shows is in its address, so that it can be sent, saved and gone back to. Addresses stay readable:
 * `?status=active,error&q=ada`, with nothing in them that is the default.
 */

/** What is left of an object once what says nothing is dropped. */
export type Search = Record<string, unknown>

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifySearch(search: Search): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? value.join(',') : isPlain(value) ? String(value) : ''
    if (text !== '') params.set(key, text)
  }
  // A comma needs no escape in a query, and reads better without.
  const text = params.toString().replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

/** A text; undefined where there is none. */
export function readText(value: unknown, maxLength = 200): string | undefined {
  const text = isPlain(value) ? String(value).trim().slice(0, maxLength) : ''
  return text === '' ? undefined : text
}

/** One of these words; anything else counts as not said. */
export function readOneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((word) => word === value)
}

/** Those of a comma list that are known, in the order in which they are known; undefined where none is. */
export function readManyOf<T extends string>(value: unknown, known: readonly T[]): T[] | undefined {
  const given = Array.isArray(value) ? value : isPlain(value) ? String(value).split(',') : []
  const found = known.filter((word) => given.includes(word))
  return found.length === 0 ? undefined : found
}

/** A whole number within bounds; undefined where it is none. */
export function readInteger(value: unknown, min: number, max: number): number | undefined {
  const number = isPlain(value) && value !== '' ? Number(value) : Number.NaN
  return Number.isInteger(number) && number >= min && number <= max ? number : undefined
}
