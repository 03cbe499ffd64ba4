/** What the endpoints about many apps read: the filters, and the order. */
import { createHash } from 'node:crypto'
import { APP_STATUSES, HEALTH_STATUSES, HangarError } from '@hangar/core'
import { type AppFilter, type AppPage, type AppSort, APP_SORTS, ATTENTIONS, sortTypeOf } from '@hangar/db'
import { z } from 'zod'
import { shownAs } from '../../http/answer-fields.ts'
import { textField } from '../../http/text-field.ts'

/**
 * `pro,elite`: alternatives. The document shows it as text: what was one word once may be several now, and a pattern in
 * the place of that word would break who knows only the word.
 */
function commaList<const W extends string>(words: readonly W[], about: string) {
  const word = `(?:${words.join('|')})`
  const schema = z
    .string()
    .max(200)
    .regex(
      new RegExp(`^${word}(?:,${word})*$`),
      `one of ${words.join(', ')}, or several with a comma between`,
    )
    .transform((text) => text.split(',') as W[])
  const names = words.map((one) => `\`${one}\``).join(', ')
  return shownAs(schema, z.string().describe(`${about}: ${names}, or several with a comma between.`))
}

const anyWords = (about: string) =>
  z
    .string()
    .max(200)
    .regex(/^[\w-]+(?:,[\w-]+)*$/, 'a word, or several with a comma between')
    .describe(`${about}; several with a comma between.`)
    .transform((text) => text.split(','))

/** A filter's fields, for queries and bodies alike. */
export const appFilterFields = {
  q: textField({ max: 200 })
    .describe("A part of the mail address, of the app's name, or the beginning of the user's id.")
    .optional(),
  status: commaList(APP_STATUSES, 'Without it, all but those that are deleted').optional(),
  health: commaList(HEALTH_STATUSES, 'What the last look found').optional(),
  tier: anyWords('A tier').optional(),
  region: anyWords('A region of Fly').optional(),
  attention: commaList(ATTENTIONS, 'Apps of which at least one of these is true').optional(),
}

const SORT_WORDS = APP_SORTS.flatMap((sort) => [sort, `-${sort}`] as const)

const sortText = z
  .enum(SORT_WORDS)
  .default('id')
  .describe('Rising, or falling with a minus before it. Those that are equal are in the order of their ids.')
  .transform((text) => ({
    sort: text.replace(/^-/, '') as AppSort,
    descending: text.startsWith('-'),
  }))

export const sortedAppsFields = { ...appFilterFields, sort: sortText }

/** What the transforms leave of it. */
export type SortedApps = AppFilter & { sort: { sort: AppSort; descending: boolean } }

/** The same list, and nothing else, has the same mark: a cursor is good for its own list only. */
function markOf({ sort, ...filter }: SortedApps): string {
  const { q, status, health, tier, region, attention } = filter
  const parts = [sort, q, status, health, tier, region, attention]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12)
}

export function cursorAfter(list: SortedApps, last: { sortValue: string; id: string }): string {
  return Buffer.from(JSON.stringify([markOf(list), last.sortValue, last.id])).toString('base64url')
}

const cursorParts = z.tuple([z.string(), z.string(), z.guid()])

const LOOKS_LIKE = {
  uuid: /^[0-9a-f-]{36}$/,
  timestamptz: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d){0,2}$/,
  text: /^[^\u0000]*$/,
  numeric: /^-?\d{1,12}(\.\d{1,6})?$/,
} as const

/** Where to go on. Throws `validation_failed` for what is no cursor, or is one of another list. */
export function readCursor(list: SortedApps, cursor: string | undefined): AppPage['after'] {
  if (cursor === undefined) return undefined
  const parts = cursorParts.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!parts.success) throw wrongCursor('not a cursor of this list')
  const [mark, sortValue, id] = parts.data
  if (mark !== markOf(list)) throw wrongCursor('of another list: its filters or its order are not these')
  if (!LOOKS_LIKE[sortTypeOf(list.sort.sort)].test(sortValue)) throw wrongCursor('not a cursor of this list')
  return { sortValue, id }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function wrongCursor(message: string): HangarError {
  return new HangarError('validation_failed', {
    operator: `cursor: ${message}`,
    details: { errors: [{ field: 'query.cursor', message }] },
  })
}
