import type { OrphanRow, Settings } from '@hangar/db'

/** An orphan as the admin API shows it. `delete_after`: when it goes by itself, if nothing speaks against it then. */
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
