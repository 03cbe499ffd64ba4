/** The small pieces that all decoders are made of. `null` is absent: Go writes its empty lists and maps so. */
import { z } from 'zod'

export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)
export const count = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined)
/** Of something that later calls name in their path. */
export const id = z.string().min(1)
export const textMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {})

export function listOf<S extends z.ZodType>(item: S) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])
}
