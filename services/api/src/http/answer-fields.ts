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

const shown = new WeakMap<z.core.$ZodType, z.ZodType>()

/** The document shows `instead`: where `schema` lets pass what is checked later, or cannot be put into JSON Schema. */
export function shownAs<T extends z.ZodType>(schema: T, instead: z.ZodType): T {
  shown.set(schema, instead)
  return schema
}

/** Text that is sent in pieces as they are made. */
export const textInPieces = shownAs(z.custom<AsyncIterable<string>>(), z.string())

/** What the document shows in the place of this schema, if anything. */
export function findShown(schema: z.core.$ZodType): z.ZodType | undefined {
  return shown.get(schema)
}
