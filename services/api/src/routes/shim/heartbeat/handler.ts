import { HangarError, lastWordDrained } from '@hangar/core'
import { recordHeartbeat, type AppRow, type Standing } from '@hangar/db'
import type { ApiDeps } from '../../../deps.ts'
import { wakeUser } from '../../../work/wake-user.ts'
import { defineShimRoute, isDraining } from '../app-caller.ts'
import { etagOf, mayTrade, ordersFor } from '../standing.ts'
import { processOf } from '../fields.ts'
import { supabaseAccess } from '../supabase-access.ts'
import { heartbeatAnswer, heartbeatBody, type Directive } from './schema.ts'

/** A token that ends sooner than this is replaced: thirty heartbeats may be lost before it is too late. */
const RENEW_TOKEN_MS = 15 * 60_000

/** An app being provisioned, resized or repaired is waited for until it reports, so its report wakes the lane. */
export const heartbeat = defineShimRoute({
  method: 'post',
  path: '/shim/v1/heartbeat',
  summary: 'The app says what it runs, and hears what to do',
  reads: { body: heartbeatBody },
  answers: { 200: heartbeatAnswer },
  handle: async ({ body }, { deps, app, machineId, keyId }) => {
    const standing = await recordHeartbeat(deps.db, app.id, {
      machineId,
      runningTraderIds: body.running_trader_ids,
      lastCycleAt: body.last_cycle_at == null ? null : new Date(body.last_cycle_at),
      bufferedSignals: body.buffered_signals ?? null,
      memoryMb: body.memory_mb ?? null,
      version: body.version ?? null,
      tokenKeyId: keyId,
      ...processOf(body),
    })
    if (!standing) throw new HangarError('machine_not_current')
    if (app.status === 'provisioning' || app.operation !== null)
      await wakeUser(deps, { userId: app.userId, lane: 'provision' })
    const directives = directivesFor(app, body.running_trader_ids, standing, deps)
    const supabase = endsSoon(body.supabase_token_expires_at, deps)
      ? await supabaseAccess(deps, app.userId)
      : null
    if (supabase) directives.push('token')
    return { status: 200, body: { directives, supabase } }
  },
})

function directivesFor(
  app: AppRow,
  running: readonly string[],
  standing: Standing,
  deps: ApiDeps,
): Directive[] {
  if (isDraining(app)) return ['drain']
  // It may idle, or this report was late: who is alive asks.
  if (lastWordDrained(standing)) return ['reload']
  const orders = ordersFor(app, standing, deps)
  const told = standing.bootstrapEtag === etagOf(orders, standing.tradersVersion, deps)
  return told && sameIds(running, mayTrade(orders) ? standing.traderIds : []) ? [] : ['reload']
}

function sameIds(running: readonly string[], wanted: readonly string[]): boolean {
  const set = new Set(running)
  return set.size === wanted.length && wanted.every((id) => set.has(id))
}

function endsSoon(expiresAt: string | null | undefined, { clock }: ApiDeps): boolean {
  return expiresAt != null && new Date(expiresAt).getTime() - clock.now().getTime() < RENEW_TOKEN_MS
}
