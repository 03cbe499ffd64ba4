import { listCustomTraders, recordHeartbeat, type AppRow } from '@hangar/db'
import type { ApiDeps } from '../../../deps.ts'
import { wakeUser } from '../../../work/wake-user.ts'
import { defineShimRoute, isDraining } from '../app-caller.ts'
import { heartbeatBody } from './schema.ts'

export type Directive = 'drain' | 'reload'

/**
 * `POST /shim/v1/heartbeat`: the app says what it runs and hears what to do. `reload` when that is not what its user
 * has enabled. An app being provisioned, resized or
 * repaired is waited for until it reports, so its report wakes the lane.
 */
export const heartbeat = defineShimRoute({
  method: 'post',
  path: '/shim/v1/heartbeat',
  reads: { body: heartbeatBody },
  handle: async ({ body }, { deps, app, machineId }) => {
    await recordHeartbeat(deps.db, app.id, {
      machineId,
      runningTraderIds: body.running_trader_ids,
      lastCycleAt: body.last_cycle_at == null ? null : new Date(body.last_cycle_at),
      bufferedSignals: body.buffered_signals ?? null,
      memoryMb: body.memory_mb ?? null,
      version: body.version ?? null,
    })
    if (app.status === 'provisioning' || app.operation !== null)
      await wakeUser(deps, { userId: app.userId, lane: 'provision' })
    return { status: 200, body: { directives: await directivesFor(app, body.running_trader_ids, deps) } }
  },
})

async function directivesFor(app: AppRow, running: readonly string[], deps: ApiDeps): Promise<Directive[]> {
  if (isDraining(app)) return ['drain']
  const enabled = new Set((await listCustomTraders(deps.db, app.userId)).map((trader) => trader.id))
  const same = enabled.size === new Set(running).size && running.every((id) => enabled.has(id))
  return same ? [] : ['reload']
}
