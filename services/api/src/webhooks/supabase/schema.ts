/**
 * The body of a Supabase Database Webhook. Of its five keys we read four, and of the row only whose it is, its
 * tier and its status: the payload is a hint, what counts is read from the table by whoever does the work.
 */
import type { HostMapping } from '@hangar/db'
import { z } from 'zod'

/** Any table's event; enough to know whether it is ours. */
export const eventSchema = z.object({
  type: z.enum(['INSERT', 'UPDATE', 'DELETE']),
  schema: z.string(),
  table: z.string(),
  record: z
    .unknown()
    .optional()
    .describe('The row as it is now, with the columns that the host mapping names.'),
  old_record: z.unknown().optional().describe('The row as it was; of a DELETE the only one.'),
})

type SubscriptionColumns = HostMapping['subscriptions']

export type SubscriptionChange = { userId: string; tier: string | null; status: string | null }

/** Made once for each mapping, of which a process has one. */
const made = new WeakMap<SubscriptionColumns, z.ZodType<SubscriptionChange>>()

/** The event of a subscription row. A DELETE carries the row as `old_record`, the others as `record`. */
export function subscriptionEventSchema(columns: SubscriptionColumns): z.ZodType<SubscriptionChange> {
  const known = made.get(columns)
  if (known) return known
  const schema = makeEventSchema(columns)
  made.set(columns, schema)
  return schema
}

function makeEventSchema(columns: SubscriptionColumns): z.ZodType<SubscriptionChange> {
  const text = z.string().nullish()
  const row = z.looseObject({
    [columns.user_id]: z.guid(),
    [columns.tier]: text,
    ...(columns.status === undefined ? {} : { [columns.status]: text }),
  })
  const toChange = (found: Record<string, unknown>): SubscriptionChange => ({
    userId: String(found[columns.user_id]).toLowerCase(),
    tier: asText(found[columns.tier]),
    status: columns.status === undefined ? null : asText(found[columns.status]),
  })
  const present = z.object({ type: z.enum(['INSERT', 'UPDATE']), record: row })
  const gone = z.object({ type: z.literal('DELETE'), old_record: row })
  return z
    .discriminatedUnion('type', [present, gone])
    .transform((event) =>
      event.type === 'DELETE'
        ? { ...toChange(event.old_record), tier: null, status: null }
        : toChange(event.record),
    )
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
