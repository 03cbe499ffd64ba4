import { HangarError } from '@hangar/core'
import { engageBrake } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { changeBrake } from '../../../work/change-brake.ts'
import { brakePath } from '../fields.ts'
import { engageBrakeBody } from './schema.ts'

/** `POST /v1/brakes/operator/engage`: nothing is torn down and nothing repaired until an admin releases it. */
export const engageBrakeRoute = defineRoute({
  method: 'post',
  path: '/v1/brakes/:name/engage',
  access: 'admin',
  reads: { path: brakePath, body: engageBrakeBody },
  handle: async ({ path: { name }, body: { reason } }, context) => {
    if (name !== 'operator') throw new HangarError('brake_not_by_hand')
    const by = context.caller.actor
    const change = { name, verb: 'engage', reason } as const
    const body = await changeBrake(change, (tx) => engageBrake(tx, name, { by, reason }), context)
    return { status: 200, body }
  },
})
