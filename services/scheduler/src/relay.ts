/**
 * The relay: asks Postgres who is due and wakes their lane. It makes the difference between a webhook that is lost,
 * late or refused and a user who waits; and it fills the queues again after Redis was flushed. It runs outside
 * BullMQ, because it is what repairs BullMQ. Any number of replicas may run it: waking twice is waking once.
 */
import {
  listForgottenBulks,
  listUsersToWake,
  measureBacklog,
  type Database,
  type LanePolicy,
} from '@hangar/db'
import { wake, wakeBulk, type Queues } from '@hangar/jobs'

import type { RelayMetrics } from './metrics.ts'

export type RelayOptions = {
  db: Database
  queues: Queues
  policy: LanePolicy
  /** Users of each lane per round. Those left over are the oldest in the next one. */
  batchSize: number
  metrics: RelayMetrics
}

/** Wakes in flight at once: enough to fill the connection, few enough to notice a dead Redis early. */
const CONCURRENT_WAKES = 50
/** The relay answers nobody, so it may wait longer than a webhook; it still never hangs. */
const WAKE_TIMEOUT_MS = 5000
/** A worker comes back to a bulk each few seconds: one that nobody came back to has no job any more. */
const BULK_SILENT_MS = 10_000

/** One round. Throws when Postgres or Redis is away; then nothing is lost, because nothing was moved. */
export async function relayOnce({ db, queues, policy, batchSize, metrics }: RelayOptions): Promise<void> {
  const due = await listUsersToWake(db, { ...policy, limit: batchSize })
  metrics.observeBacklog(due.length === 0 ? { dueCount: 0, oldestDueMs: 0 } : await measureBacklog(db))

  for (const bulkId of await listForgottenBulks(db, BULK_SILENT_MS)) await wakeBulk(queues, bulkId)
  for (let from = 0; from < due.length; from += CONCURRENT_WAKES) {
    const group = due.slice(from, from + CONCURRENT_WAKES)
    const results = await Promise.allSettled(
      group.map(async ({ userId, lane }) => {
        // Postgres says that the user is due, so a backoff in Redis that says otherwise is out of date.
        const result = await wake(
          queues,
          { userId, lane, evenIfBackingOff: true },
          { timeoutMs: WAKE_TIMEOUT_MS },
        )
        metrics.woken(lane, result)
      }),
    )
    const failure = results.find((result) => result.status === 'rejected')
    if (failure) throw failure.reason
  }
}
