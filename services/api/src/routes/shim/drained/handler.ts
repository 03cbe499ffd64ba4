import { recordDrained } from '@hangar/db'
import { wakeUser } from '../../../work/wake-user.ts'
import { defineShimRoute } from '../app-caller.ts'
import { drainedBody } from './schema.ts'

/** `POST /shim/v1/drained`: everything is flushed, the traders are stopped; whoever waits for that goes on at once. */
export const drained = defineShimRoute({
  method: 'post',
  path: '/shim/v1/drained',
  reads: { body: drainedBody },
  handle: async ({ body }, { deps, app }) => {
    await recordDrained(deps.db, app.id, {
      signalsFlushed: body.signals_flushed,
      executionsFlushed: body.executions_flushed,
      lost: body.lost,
    })
    const lane = app.teardownStartedAt === null ? 'provision' : 'deprovision'
    await wakeUser(deps, { userId: app.userId, lane })
    return { status: 200, body: { ok: true } }
  },
})
