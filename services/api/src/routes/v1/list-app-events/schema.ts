import { z } from 'zod'
import { pageQuery } from '../../../http/cursor.ts'

export const listEventsQuery = z.strictObject(
  pageQuery(
    z
      .string()
      .regex(/^[1-9]\d{0,15}$/)
      .transform(Number),
  ),
)
