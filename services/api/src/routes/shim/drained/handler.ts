import { HangarError } from '@hangar/core'
import { recordDrained } from '@hangar/db'
import { wakeUser } from '../../../work/wake-user.ts'
import { defineShimRoute } from '../app-caller.ts'
import { OK, okAnswer } from '../fields.ts'
import { drainedBody } from './schema.ts'

export const drained = defineShimRoute({
  method: 'post',
  path: '/shim/v1/drained',
  summary: 'Everything is flushed, the traders are stopped',
  description: 'Whoever waits for that goes on at once.',
  reads: { body: drainedBody },
  answers: { 200: okAnswer },
  handle: async ({ body }, { deps, app, machineId }) => {
    const report = {
      signalsFlushed: body.signals_flushed,
      executionsFlushed: body.executions_flushed,
      lost: body.lost,
      rejected: body.rejected ?? 0,
    }
    const isNoted = await recordDrained(deps.db, app.id, report, machineId)
    if (!isNoted) throw new HangarError('machine_not_current')
    const lane = app.teardownStartedAt === null ? 'provision' : 'deprovision'
    await wakeUser(deps, { userId: app.userId, lane })
    return { status: 200, body: OK }
  },
})
