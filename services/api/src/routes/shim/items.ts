/** What the two calls that bring batches have in common: which items can be read, and what became of each. */
import type { ItemResult } from '@hangar/db'
import { z } from 'zod'
import { shownAs } from '../../http/answer-fields.ts'

const MAX_ITEMS = 500
const MAX_ID_LENGTH = 200

/** An item that is wrong does not fail its batch, so each is looked at by itself. */
export function itemsBody(item: z.ZodType) {
  return z.object({ items: z.array(shownAs(z.unknown(), item)).max(MAX_ITEMS) })
}

const noNul = (text: string) => !text.includes('\u0000')
/** Kept as it is, blanks included: it comes back in the answer. */
export const idField = z.string().min(1).max(MAX_ID_LENGTH).refine(noNul, 'must not contain NUL')
export const timeField = z.iso.datetime({ offset: true })

const CODES = ['unknown_trader', 'invalid'] as const
const itemAnswer = z.union([
  z.strictObject({ client_id: z.string(), status: z.enum(['stored', 'duplicate']) }),
  z.strictObject({
    client_id: z.string().nullable().describe('Null where the item had none that could be read.'),
    status: z.literal('rejected').describe('Never repeat it.'),
    code: z.enum(CODES),
    message: z.string().exactOptional(),
  }),
])

export const itemsAnswer = z
  .strictObject({ results: z.array(itemAnswer).describe('One for each item, in their order.') })
  .meta({ id: 'ItemResults' })

type Code = (typeof CODES)[number]
export type ItemView = z.output<typeof itemAnswer>

/** Reads each item, has those that can be read stored at once, and answers for all of them in their order. */
export async function answerItems<T>(
  items: readonly unknown[],
  schema: z.ZodType<T>,
  store: (items: T[]) => Promise<ItemResult[]>,
): Promise<ItemView[]> {
  const read = items.map((item) => schema.safeParse(item))
  const stored = await store(read.flatMap((one) => (one.success ? [one.data] : [])))
  let next = 0
  return read.map((one, index): ItemView => {
    const clientId = clientIdOf(items[index])
    if (!one.success) return rejected(clientId, 'invalid', describe(one.error))
    const result = stored[next++] ?? { status: 'unknown_trader' }
    if (result.status === 'unknown_trader') return rejected(clientId, 'unknown_trader')
    if (result.status === 'invalid') return rejected(clientId, 'invalid', result.message)
    return { client_id: clientId ?? '', status: result.status }
  })
}

function rejected(clientId: string | null, code: Code, message?: string): ItemView {
  return { client_id: clientId, status: 'rejected', code, ...(message !== undefined && { message }) }
}

function clientIdOf(item: unknown): string | null {
  const id = typeof item === 'object' && item !== null && 'client_id' in item ? item.client_id : null
  return typeof id === 'string' ? id : null
}

function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.map(String).join('.') || 'item'}: ${message}`)
    .join('; ')
}
