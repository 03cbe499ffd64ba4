import { ORPHAN_KINDS } from '@hangar/core'
import type { OrphanRow, Settings } from '@hangar/db'
import { z } from 'zod'
import { count, time, usd } from '../../../http/answer-fields.ts'
import { cpuKind } from '../fields.ts'

export const orphanAnswer = z
  .strictObject({
    app_name: z.string(),
    kind: z
      .enum(ORPHAN_KINDS)
      .describe(
        '`dead_row`: a closed row had the name. `unknown_name`: no row ever had it, our mark is on it.',
      ),
    state: z.enum(['found', 'deleted', 'adopted', 'gone']),
    user_id: z.guid().nullable(),
    generation: count.nullable(),
    user_fly_app_id: z.guid().nullable(),
    network: z.string().nullable(),
    machines: z.array(
      z.strictObject({
        id: z.string(),
        state: z.string(),
        region: z.string(),
        cpu_kind: cpuKind.nullable(),
        cpus: count.nullable(),
        memory_mb: count.nullable(),
      }),
    ),
    monthly_cost_usd: usd.describe('US dollars; an estimate.'),
    first_seen_at: time,
    last_seen_at: time,
    delete_after: time.nullable().describe('When it goes by itself, if nothing speaks against it then.'),
    delete_requested_by: z.string().nullable(),
    withheld: z.string().nullable().describe('Why it is still there although it was due.'),
    note: z.string().nullable(),
    ended_at: time.nullable(),
  })
  .meta({ id: 'Orphan' })

/** An orphan as the admin API shows it. */
export function viewOrphan(orphan: OrphanRow, { graceMs }: Settings['orphans']) {
  const { kind, state, firstSeenAt, machines } = orphan
  const goesByItself = state === 'found' && kind === 'dead_row'
  return {
    app_name: orphan.appName,
    kind,
    state,
    user_id: orphan.userId,
    generation: orphan.generation,
    user_fly_app_id: orphan.userFlyAppId,
    network: orphan.network,
    machines: machines.map(({ id, state: machineState, region, guest }) => ({
      id,
      state: machineState,
      region,
      cpu_kind: guest?.cpuKind ?? null,
      cpus: guest?.cpus ?? null,
      memory_mb: guest?.memoryMb ?? null,
    })),
    monthly_cost_usd: orphan.monthlyCostUsd,
    first_seen_at: firstSeenAt,
    last_seen_at: orphan.lastSeenAt,
    delete_after: goesByItself ? new Date(firstSeenAt.getTime() + graceMs) : null,
    delete_requested_by: orphan.deleteRequestedBy,
    withheld: orphan.withheld,
    note: orphan.note,
    ended_at: orphan.endedAt,
  }
}
