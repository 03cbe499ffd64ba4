import { z } from 'zod'
import { textField } from '../../../http/text-field.ts'
import { idField, timeField } from '../items.ts'

export const executionItem = z
  .object({
    client_id: idField,
    trader_id: idField,
    started_at: timeField,
    finished_at: timeField.nullish(),
    outcome: textField({ max: 100 }),
  })
  .transform((item) => ({
    clientId: item.client_id,
    traderId: item.trader_id,
    startedAt: item.started_at,
    finishedAt: item.finished_at ?? null,
    outcome: item.outcome,
  }))
