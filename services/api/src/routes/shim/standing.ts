/**
 * What a user's app is to act on, in one place for bootstrap, which tells it, and heartbeat, which notices that it
 * would be told something else by now.
 */
import { createHash } from 'node:crypto'
import { HEARTBEAT_INTERVAL_MS } from '@hangar/core'
import type { AppRow, RunsOn } from '@hangar/db'
import type { ApiDeps } from '../../deps.ts'
import { isDraining } from './app-caller.ts'

/** How soon an app asks again whether the shared backend has let its traders go. */
const MOVING_RETRY_MS = 3_000

/** Where the database says the user's traders are. */
type Place = { runsOn: RunsOn | null; placedAppId: string | null }

export type Orders = {
  generation: number
  tier: string
  directive: 'run' | 'drain'
  placement: RunsOn
  retry_after_ms: number | null
  heartbeat_interval_ms: number
  drain_grace_ms: number
  quota: number | null
}

/** All of a bootstrap's answer that does not depend on the traders themselves. */
export function ordersFor(app: AppRow, place: Place, deps: Pick<ApiDeps, 'quotas' | 'drainGraceMs'>): Orders {
  const placement = place.placedAppId === app.id ? (place.runsOn ?? 'shared') : 'shared'
  const draining = isDraining(app)
  return {
    generation: app.generation,
    tier: app.tier,
    directive: draining ? 'drain' : 'run',
    placement,
    retry_after_ms: placement === 'moving' && !draining ? MOVING_RETRY_MS : null,
    heartbeat_interval_ms: HEARTBEAT_INTERVAL_MS,
    drain_grace_ms: deps.drainGraceMs,
    quota: deps.quotas[app.tier] ?? null,
  }
}

/** Traders are handed out to the app that they were placed in, and never to one that is about to end. */
export function mayTrade(orders: Orders): boolean {
  return orders.directive === 'run' && orders.placement === 'dedicated'
}

/** Everything the app acts on, and not the token: a new one of those is no reason to load anything. */
export function etagOf(orders: Orders, tradersVersion: string, deps: Pick<ApiDeps, 'userTokens'>): string {
  const told = [orders, mayTrade(orders) ? tradersVersion : null, deps.userTokens?.url ?? null]
  return `"${createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 22)}"`
}
