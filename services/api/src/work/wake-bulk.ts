import { wakeBulk } from '@hangar/jobs'
import type { ApiDeps } from '../deps.ts'

/** With Redis away, the relay does it. */
export async function wakeBulkSoon({ queues, logger }: ApiDeps, bulkId: number): Promise<void> {
  try {
    await wakeBulk(queues, bulkId)
  } catch (err) {
    logger.warn({ err, bulkId }, 'Redis is away; the relay will wake the bulk')
  }
}
