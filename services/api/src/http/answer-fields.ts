/** Kinds of values that answers share. What goes out is JSON, so each says how it is written there. */
import { z } from 'zod'

/** RFC 3339; a `Date` to the handler. */
export const time = z.codec(z.iso.datetime({ offset: true }), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})

/** Money, as decimal text: a binary fraction would not add up. */
export const usd = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('US dollars')

export const count = z.int().min(0)

/** What only the one who wrote it knows the fields of. */
export const anyFields = z.record(z.string(), z.unknown())

/** Shown in the document in place of a schema that says less than is true: what it is checked by later on. */
export const shownAs = z.registry<{ schema: z.ZodType }>()
