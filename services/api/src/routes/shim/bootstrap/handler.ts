import { listCustomTraders, recordBootstrap } from '@hangar/db'
import { defineShimRoute, isDraining } from '../app-caller.ts'

/** How often an app is to report; three missed reports make it stale. */
const HEARTBEAT_INTERVAL_MS = 30_000

/**
 * `GET /shim/v1/bootstrap`: what this app is to run. Only its own user's enabled custom traders, and none at all
 * once it is draining, so that a restart in the middle of a drain does not begin to trade again.
 */
export const bootstrap = defineShimRoute({
  method: 'get',
  path: '/shim/v1/bootstrap',
  handle: async (_input, { deps, app, machineId }) => {
    const draining = isDraining(app)
    const traders = draining ? [] : await listCustomTraders(deps.db, app.userId)
    await recordBootstrap(deps.db, app.id, machineId)
    return {
      status: 200,
      body: {
        user_id: app.userId,
        app_name: app.flyAppName,
        generation: app.generation,
        tier: app.tier,
        directive: draining ? 'drain' : 'run',
        heartbeat_interval_ms: HEARTBEAT_INTERVAL_MS,
        quota: deps.quotas[app.tier] ?? null,
        traders: traders.map(({ id, name, definition }) => ({ id, name, definition })),
      },
    }
  },
})
