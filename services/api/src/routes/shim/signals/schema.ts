import { z } from 'zod'
import { textField } from '../../../http/text-field.ts'
import { idField, timeField } from '../items.ts'

/** As JSON text, which is what the database takes; nested deeper than a stack, it is no use to anybody. */
const payloadField = z.unknown().transform((value, context) => {
  try {
    return JSON.stringify(value ?? {})
  } catch {
    context.addIssue({ code: 'custom', message: 'nested too deeply' })
    return z.NEVER
  }
})

export const signalItem = z
  .object({
    client_id: idField,
    trader_id: idField,
    symbol: textField({ max: 100 }),
    payload: payloadField,
    created_at: timeField,
  })
  .transform((item) => ({
    clientId: item.client_id,
    traderId: item.trader_id,
    symbol: item.symbol,
    payload: item.payload,
    createdAt: item.created_at,
  }))
