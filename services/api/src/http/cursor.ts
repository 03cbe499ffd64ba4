import { z } from 'zod'

/** How many items a page has: by default, and at most. */
const DEFAULT_PAGE = 50
const MAX_PAGE = 200

export const pageLimit = z.coerce.number<number>().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE)

/**
 * Query of a list. `cursor` is opaque to callers: base64url of the last item's key, so that a page stays right
 * while rows are added. `key` is what the list is ordered by.
 */
export function pageQuery<T>(key: z.ZodType<T, string>) {
  return {
    limit: pageLimit,
    cursor: z
      .string()
      .max(200)
      .describe('`next_cursor` of the page before.')
      .transform((text) => Buffer.from(text, 'base64url').toString('utf8'))
      .pipe(key)
      .optional(),
  }
}

/** The schema of a list's answer. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    next_cursor: z.string().nullable().describe('For the next page; null on the last.'),
  })
}

/** The answer of a list. Asks for one row more than the page: only then is there a next one. */
export function page<Row, View>(
  rows: readonly Row[],
  limit: number,
  options: { key: (row: Row) => string | number; view: (row: Row) => View },
): { items: View[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    items: shown.map(options.view),
    next_cursor: more ? Buffer.from(String(options.key(last))).toString('base64url') : null,
  }
}
