import { z } from 'zod'

/**
 * What a job carries: ids, never state and never a secret. State is read from Postgres when the job runs, so a
 * job that is old, doubled or late cannot act on what was true when it was added.
 */
// `guid`, not `uuid`: Postgres accepts any 128 bits as a uuid, and a user id that Postgres holds must pass here.
export const laneJobSchema = z.object({ userId: z.guid() })
export type LaneJob = z.infer<typeof laneJobSchema>

/**
 * `requestId`: the question is in Postgres under this id, and the answer will be. `healthOf`: the user whose app is to
 * be looked at now; what is found is in the app's row.
 */
export const inspectJobSchema = z.union([z.object({ requestId: z.guid() }), z.object({ healthOf: z.guid() })])
export type InspectJob = z.infer<typeof inspectJobSchema>

/** A sweep asks Postgres what is due; there is nothing to tell it. */
export const sweepJobSchema = z.object({})
export type SweepJob = z.infer<typeof sweepJobSchema>

/** What is to be done, to whom and how far it has got is in Postgres. */
export const bulkJobSchema = z.object({ bulkId: z.int().min(1) })
export type BulkJob = z.infer<typeof bulkJobSchema>
