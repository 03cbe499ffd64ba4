import { z } from 'zod'

/** Text that goes into the database, which takes any character but NUL. */
export function textField(options: { max: number; min?: number }) {
  return z
    .string()
    .trim()
    .min(options.min ?? 1)
    .max(options.max)
    .refine((text) => !text.includes('\u0000'), 'must not contain NUL')
}
