/** What every change carries besides what it is about. */
import type { ChangeOptions } from '../options.ts'

export function changeParams({ dryRun = false, idempotencyKey }: ChangeOptions): {
  query: { dryRun: boolean }
  header?: { 'idempotency-key': string }
} {
  const header = idempotencyKey === undefined ? {} : { header: { 'idempotency-key': idempotencyKey } }
  return { query: { dryRun }, ...header }
}

/** Before the sentence that tells what happened. */
export const unlessDry = (dryRun: boolean | undefined, text: string): string =>
  dryRun === true ? `Dry run, nothing was changed: ${text}` : text
