/** What the endpoints about money share. Each says by which price model, and as of when, it speaks. */
import { describePriceModel } from '@hangar/core'
import { monthOf, readDatabaseTime } from '@hangar/db'
import { z } from 'zod'
import type { ApiDeps } from '../../deps.ts'

/** A calendar month in UTC. */
export const monthText = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/)
  .describe('A calendar month in UTC, `YYYY-MM`; this one where it is left out.')

export const priceModelAnswer = z
  .strictObject({
    name: z.string(),
    label: z.string().describe('As the ledger names it: a list price with the day of the list.'),
    as_of: z.string().nullable().describe('The day of the price list; null for a rule of our own.'),
    rule: z.string(),
  })
  .meta({ id: 'PriceModel' })

export function viewPriceModel({ costs }: ApiDeps) {
  const { name, label, asOf, rule } = describePriceModel(costs.priceModel)
  return { name, label, as_of: asOf, rule }
}

/** The month that is asked for, and the moment that the answer is about. */
export async function readMoment(
  { db }: ApiDeps,
  month: string | undefined,
): Promise<{ month: string; at: Date; isNow: boolean }> {
  const at = await readDatabaseTime(db)
  const current = monthOf(at)
  return { month: month ?? current, at, isNow: month === undefined || month === current }
}
